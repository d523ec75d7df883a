"""Data sets as arrays: three that ship with scikit-learn, MNIST from IDX files, numeric CSV.

Nothing is downloaded. Every failure to read is an InputError that says what was wrong where.
"""

import csv
import gzip
import math
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hdo.errors import InputError

EMBEDDED = ("breast_cancer", "diabetes", "digits")
"""Data sets that scikit-learn ships."""

DATASETS = (*EMBEDDED, "mnist")
"""Every data set with a name; the rest are paths of CSV files."""

DATA_FOLDER = "HDO_DATA"
"""The environment variable with the folder of the MNIST files (or of a folder `mnist` there)."""

MNIST_FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")

_IDX_UNSIGNED_BYTE = 8


@dataclass(frozen=True)
class Dataset:
    """Raw `features` (N, p) and `targets` (N,), float64; `maximum` is that of pixels, else None."""

    features: NDArray[np.float64]
    targets: NDArray[np.float64]
    maximum: float | None = None


def is_csv(name: str) -> bool:
    """Whether a data name is the path of a CSV file."""
    return name.endswith(".csv")


def load_dataset(name: str, *, target: str | None = None) -> Dataset:
    """The data set of this name; `target` names the target column of a CSV file."""
    if is_csv(name):
        return read_csv(Path(name), target=target or "")
    if name == "mnist":
        images, labels = _mnist()
        pixels = images.reshape(len(images), -1).astype(float)
        return Dataset(pixels, labels.astype(float), maximum=255.0)
    from sklearn import datasets

    if name == "diabetes":
        features, targets = datasets.load_diabetes(return_X_y=True, scaled=False)
    else:
        features, targets = getattr(datasets, f"load_{name}")(return_X_y=True)
    return Dataset(
        np.asarray(features, dtype=float),
        np.asarray(targets, dtype=float),
        maximum=16.0 if name == "digits" else None,
    )


def read_csv(path: Path, *, target: str) -> Dataset:
    """A numeric CSV file with a header row; the column `target` is the target."""
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            lines = list(csv.reader(stream))
    except OSError as error:
        expected = f"a readable file ({error.strerror})"
        raise InputError("problem.data", str(path), expected) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"problem.data ({path})", str(error), "CSV text in UTF-8") from None
    where = f"problem.data ({path})"
    if len(lines) < 2:
        found = "an empty file" if not lines else "a header only"
        raise InputError(where, found, "a header row and rows of numbers")
    header = [name.strip() for name in lines[0]]
    if len(set(header)) < len(header):
        raise InputError(where, header, "distinct column names")
    if target not in header or len(header) < 2:
        raise InputError("problem.target", target, f"a column of {path} beside others: {header}")
    values = np.array(
        [_csv_row(where, header, number, row) for number, row in enumerate(lines[1:], 2)]
    )
    column = header.index(target)
    return Dataset(np.delete(values, column, axis=1), values[:, column])


def _csv_row(where: str, header: list[str], line: int, row: list[str]) -> list[float]:
    if len(row) != len(header):
        raise InputError(f"{where}, row {line}", f"{len(row)} cells", f"{len(header)} cells")
    numbers = []
    for name, cell in zip(header, row, strict=True):
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise InputError(f"{where}, row {line}, column {name!r}", cell, "a finite number")
        numbers.append(value)
    return numbers


def _mnist() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    root = os.environ.get(DATA_FOLDER)
    if not root:
        raise InputError("problem.data", "mnist", _how_to_get_mnist(f"{DATA_FOLDER} set to"))
    folder = Path(root)
    images = read_idx(_find(folder, MNIST_FILES[0]), dimensions=3)
    labels = read_idx(_find(folder, MNIST_FILES[1]), dimensions=1)
    if len(images) != len(labels) or not len(images):
        found = f"{len(images)} images and {len(labels)} labels"
        raise InputError(
            f"problem.data ({folder})", found, "as many labels as images, at least one"
        )
    return images, labels


def _how_to_get_mnist(start: str) -> str:
    files = " and ".join(MNIST_FILES)
    return f"{start} a folder with MNIST's {files} (plain or .gz), which you download yourself"


def _find(folder: Path, name: str) -> Path:
    for parent in (folder, folder / "mnist"):
        for candidate in (parent / name, parent / f"{name}.gz"):
            if candidate.is_file():
                return candidate
    raise InputError("problem.data", str(folder / name), _how_to_get_mnist(f"{DATA_FOLDER} to be"))


def read_idx(path: Path, *, dimensions: int) -> NDArray[np.uint8]:
    """An IDX file of unsigned bytes with this many dimensions, gzipped if its name ends in .gz.

    The header (big-endian: 0, 0, type, number of dimensions, then the sizes) and the length are
    checked.
    """
    where = f"problem.data ({path})"
    try:
        raw = path.read_bytes()
        content = gzip.decompress(raw) if path.suffix == ".gz" else raw
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(where, str(error), "a whole IDX file") from None
    magic = _IDX_UNSIGNED_BYTE * 256 + dimensions
    found = int.from_bytes(content[:4], "big")
    if len(content) < 4 or found != magic:
        shown = f"magic number {found}" if len(content) >= 4 else f"{len(content)} bytes"
        raise InputError(where, shown, f"an IDX file with magic number {magic}")
    start = 4 + 4 * dimensions
    shape = [int.from_bytes(content[at : at + 4], "big") for at in range(4, start, 4)]
    if len(content) != start + math.prod(shape):
        expected = f"{start + math.prod(shape)} bytes, as its header says"
        raise InputError(where, f"{len(content)} bytes", expected)
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)


def select(data: Dataset, *, classes: Sequence[float] | None, rows: int | None) -> Dataset:
    """The rows whose target is in `classes`, of these the first `rows`; None selects all."""
    features, targets = data.features, data.targets
    if classes is not None:
        for index, label in enumerate(classes):
            if not np.any(targets == label):
                expected = "a target that occurs in the data"
                raise InputError(f"problem.classes[{index}]", label, expected)
        kept = np.isin(targets, list(classes))
        features, targets = features[kept], targets[kept]
    if rows is not None:
        if rows > len(targets):
            raise InputError(
                "problem.rows",
                rows,
                f"an integer <= {len(targets)}, the rows there are",
            )
        features, targets = features[:rows], targets[:rows]
    return Dataset(features, targets, data.maximum)


def scaled_features(data: Dataset) -> NDArray[np.float64]:
    """Pixels divided by their maximum; else mean 0, variance 1, and no constant columns."""
    if data.maximum is not None:
        return data.features / data.maximum
    varying = data.features.max(axis=0) > data.features.min(axis=0)
    if not np.any(varying):
        raise InputError(
            "problem.data",
            "constant columns only",
            "a feature that varies over the rows",
        )
    return standardised(data.features[:, varying])


def standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns with mean 0 and (population) variance 1; InputError where they cannot have it."""
    with np.errstate(over="ignore", invalid="ignore"):
        centred = values - values.mean(axis=0)
        variance = (centred * centred).mean(axis=0)
    if not np.all((variance > 0) & np.isfinite(variance)):
        expected = "columns whose variance is a positive finite float"
        raise InputError("problem.data", f"variance {np.asarray(variance).tolist()}", expected)
    return np.asarray(centred / np.sqrt(variance))


def coded_targets(
    data: Dataset, kind: str, *, classes: Sequence[float] | None
) -> tuple[NDArray[Any], int]:
    """Targets as the kind needs them, and K (1 but for softmax).

    ridge: standardised; logistic and sigmoid: -1 for the first class and 1 for the second (in the
    order of `classes`, else the smaller value first); softmax: class indices in increasing order of
    the values.
    """
    values = np.unique(data.targets)
    if len(values) < 2:
        raise InputError("problem.data", f"the one target {values.tolist()}", "targets that vary")
    if kind == "ridge":
        return standardised(data.targets), 1
    if kind == "softmax":
        return np.searchsorted(values, data.targets), len(values)
    if len(values) > 2:
        expected = f"two classes for {kind} (choose them with problem.classes)"
        raise InputError("problem.data", f"{len(values)} different targets", expected)
    high = values[1] if classes is None else classes[1]
    return np.where(data.targets == high, 1.0, -1.0), 1
