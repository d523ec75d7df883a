"""What runs produce: results kept as tidy Parquet rows with everything needed to repeat them."""

from experiments.files import replacing, require_writable
from experiments.journal import Journal
from experiments.store import (
    COLUMN_TYPES,
    Provenance,
    Schema,
    provenance,
    read_provenance,
    read_rows,
    write_rows,
    writing,
)

__all__ = [
    "COLUMN_TYPES",
    "Journal",
    "Provenance",
    "Schema",
    "provenance",
    "read_provenance",
    "read_rows",
    "replacing",
    "require_writable",
    "write_rows",
    "writing",
]
