"""Every mutant of the project, by the room that it spoils."""

from collections.abc import Mapping
from types import MappingProxyType

from case import Mutant
from mutants_hdo import HDO
from mutants_theory import THEORY
from mutants_verify import VERIFY

ROOMS: Mapping[str, tuple[Mutant, ...]] = MappingProxyType(
    {"hdo": HDO, "verify": VERIFY, "theory": THEORY}
)
MUTANTS = (*HDO, *VERIFY, *THEORY)
