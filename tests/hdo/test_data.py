"""Data sets: shapes and scaling as specified, every broken file refused with one sentence."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from system_cases import table

from hdo.data import DATASETS, Dataset, load_dataset, read_csv, read_idx, scaled_features, select
from hdo.errors import InputError
from hdo.problems import LinearModelProblem
from hdo.spec import Spec, build_problem


def linear(kind: str, **changes: object) -> LinearModelProblem:
    """The problem of a small data spec."""
    problem = build_problem(Spec.from_dict(table(kind, problem=changes)))
    assert isinstance(problem, LinearModelProblem)
    return problem


SHAPES = {
    "breast_cancer": (569, 30),
    "diabetes": (442, 10),
    "digits": (1797, 64),
    "mnist": (60000, 784),
}
"""Rows and features as published with each data set."""


def test_mnist_is_asked_for_by_the_environment() -> None:
    """These tests read the MNIST files of HDO_DATA; without them they fail rather than skip."""
    assert os.environ.get("HDO_DATA"), "set HDO_DATA to the folder with the MNIST IDX files"


@pytest.mark.parametrize("name", DATASETS)
def test_named_data_sets_have_their_published_shapes(name: str) -> None:
    """Rows, features and a target for each row."""
    data = load_dataset(name)
    assert data.features.shape == SHAPES[name]
    assert data.targets.shape == SHAPES[name][:1]
    assert data.features.dtype == data.targets.dtype == np.float64


def test_mnist_has_its_published_content() -> None:
    """The first labels are 5 0 4 1 9 2 1 3 1 4, there are 5,923 zeros, pixels scale to [0, 1]."""
    data = load_dataset("mnist")
    assert data.targets[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert (data.targets == 0).sum() == 5923
    few = select(data, classes=None, rows=100)
    assert scaled_features(few).max() == 1
    assert scaled_features(few).min() == 0


def test_mnist_builds_a_softmax_problem() -> None:
    """10 classes of 784 pixels: d = 7840."""
    assert linear("softmax", data="mnist", rows=60).d == 7840


def test_embedded_features_are_standardised() -> None:
    """Mean 0 and variance 1 in every column, for the rows that are kept."""
    for rows in (569, 50):
        features = linear("logistic", rows=rows).features
        assert features.shape == (rows, 30)
        assert np.allclose(features.mean(axis=0), 0, atol=1e-13)
        assert np.allclose(features.var(axis=0), 1, rtol=1e-12)


def test_digits_are_divided_by_their_maximum() -> None:
    """Pixels k/16, constant columns kept."""
    features = linear("softmax").features
    assert features.shape == (1797, 64)
    assert features.max() == 1
    assert np.all(features * 16 == np.round(features * 16))


def test_targets_are_coded_for_the_kind() -> None:
    """ridge: mean 0, variance 1; logistic: 357 benign = +1, 212 malignant = -1; softmax: 0..9."""
    ridge = linear("ridge").targets
    assert ridge.mean() == pytest.approx(0, abs=1e-13)
    assert ridge.var() == pytest.approx(1)
    signs = linear("logistic").targets
    assert ((signs == 1).sum(), (signs == -1).sum()) == (357, 212)
    assert sorted(set(linear("softmax").targets.tolist())) == list(range(10))


def test_classes_select_and_order_the_two_sides() -> None:
    """classes = [7, 2] keeps 179 sevens as -1 and 177 twos as +1; `rows` counts what is kept."""
    problem = linear("logistic", data="digits", classes=[7, 2])
    assert ((problem.targets == -1).sum(), (problem.targets == 1).sum()) == (179, 177)
    assert len(linear("logistic", data="digits", classes=[7, 2], rows=20).targets) == 20


def write(path: Path, text: str) -> str:
    """Write a text file; its path."""
    path.write_text(text, encoding="utf-8")
    return str(path)


CSV = "a,b,y,c\n1,5,0,2\n2,5,1,1\n4,5,1,0\n"


def test_csv_files_are_read_standardised_and_stripped_of_constant_columns(tmp_path: Path) -> None:
    """Column b is constant and goes; y is the target; (1, 2, 4) has mean 7/3 and variance 14/9."""
    problem = linear("logistic", data=write(tmp_path / "d.csv", CSV), target="y")
    expected = (np.array([1, 2, 4]) - 7 / 3) / np.sqrt(14 / 9)
    assert problem.features.shape == (3, 2)
    assert np.allclose(problem.features[:, 0], expected, rtol=1e-14)
    assert problem.targets.tolist() == [-1, 1, 1]


def test_a_changed_csv_file_is_read_again(tmp_path: Path) -> None:
    """The cache of problems knows the file's size and time."""
    path = tmp_path / "d.csv"
    assert len(linear("ridge", data=write(path, CSV), target="c").targets) == 3
    assert len(linear("ridge", data=write(path, CSV + "0,5,1,7\n"), target="c").targets) == 4


def test_relative_csv_paths_are_looked_for_beside_the_spec(tmp_path: Path) -> None:
    """A spec file and its data travel together."""
    write(tmp_path / "d.csv", CSV)
    content = table("ridge", problem={"data": "d.csv", "target": "c"})
    spec = Spec.from_dict(content, folder=tmp_path)
    assert isinstance(build_problem(spec), LinearModelProblem)
    assert build_problem(Spec.from_dict(spec.to_dict())) is build_problem(spec)


@pytest.mark.parametrize(
    ("text", "where", "found"),
    [
        ("", "d.csv)", "an empty file"),
        ("a,y\n", "d.csv)", "a header only"),
        ("a,y\n1,2\n3,nan\n", "row 3, column 'y'", "'nan'"),
        ("a,y\ninf,2\n", "row 2, column 'a'", "'inf'"),
        ("a,y\n1,2\nx,2\n", "row 3, column 'a'", "'x'"),
        ("a,y\n1,\n", "row 2, column 'y'", "''"),
        ("a,y\n1,2,3\n", "row 2", "3 cells"),
        ("a,a,y\n1,2,3\n", "d.csv)", "['a', 'a', 'y']"),
        ("a,b\n1,2\n", "problem.target", "'y'"),
        ("y\n1\n2\n", "problem.target", "'y'"),
    ],
)
def test_broken_csv_files_are_refused_naming_row_and_column(
    tmp_path: Path, text: str, where: str, found: str
) -> None:
    """One sentence with the place, what stands there, what is allowed."""
    path = tmp_path / "d.csv"
    write(path, text)
    with pytest.raises(InputError) as caught:
        read_csv(path, target="y")
    assert where in caught.value.where
    assert found in str(caught.value)


def test_binary_and_missing_csv_files_are_refused(tmp_path: Path) -> None:
    """Not UTF-8; not there; a folder."""
    (tmp_path / "binary.csv").write_bytes(b"a,y\n\xff\xfe,1\n")
    (tmp_path / "folder.csv").mkdir()
    for name, expected in (
        ("binary.csv", "UTF-8"),
        ("none.csv", "No such file"),
        ("folder.csv", "directory"),
    ):
        with pytest.raises(InputError, match=expected) as caught:
            linear("ridge", data=str(tmp_path / name), target="y")
        assert caught.value.where.startswith("problem.data")


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("a,y\n1,2\n1,3\n", "ridge", "constant columns only"),
        ("a,y\n1,2\n2,2\n", "ridge", "the one target [2.0]"),
        ("a,y\n1,2\n2,3\n3,4\n", "logistic", "3 different targets"),
    ],
)
def test_data_a_model_cannot_use_is_refused(
    tmp_path: Path, text: str, kind: str, found: str
) -> None:
    """No varying feature, no varying target, too many classes."""
    path = write(tmp_path / "d.csv", text)
    with pytest.raises(InputError) as caught:
        linear(kind, data=path, target="y")
    assert caught.value.where == "problem.data"
    assert found in str(caught.value)


def test_values_beyond_the_range_of_floats_are_refused(tmp_path: Path) -> None:
    """The variance of 1e308 and -1e308 overflows, that of 1e-200 and 0 underflows: no scaling."""
    for high, low in (("1e308", "-1e308"), ("1e-200", "0")):
        path = write(tmp_path / "d.csv", f"a,y\n{high},1\n{low},2\n{high},3\n")
        with pytest.raises(InputError, match="expected columns whose variance is a positive"):
            linear("ridge", data=path, target="y")


def test_absent_classes_and_rows_are_refused() -> None:
    """A class that does not occur, more rows than there are."""
    data = Dataset(np.ones((3, 1)), np.array([0.0, 1.0, 1.0]))
    with pytest.raises(InputError, match=r"problem\.classes\[1\].*got 7"):
        select(data, classes=[0, 7], rows=None)
    with pytest.raises(InputError, match=r"problem\.rows.*<= 3.*got 4"):
        select(data, classes=None, rows=4)


def test_a_group_larger_than_the_data_is_refused() -> None:
    """Each agent needs a row."""
    content = table("ridge", problem={"rows": 5})
    content["population"] = {"first_order": 6, "zeroth_order": 1}
    with pytest.raises(InputError, match="at most 5 agents a group"):
        build_problem(Spec.from_dict(content))


def idx(magic: int, sizes: tuple[int, ...], content: bytes) -> bytes:
    """An IDX file."""
    head = magic.to_bytes(4, "big") + b"".join(s.to_bytes(4, "big") for s in sizes)
    return head + content


IMAGES = idx(2051, (2, 1, 3), bytes(range(6)))


def test_idx_files_are_read_plain_and_gzipped(tmp_path: Path) -> None:
    """Two images of 1 x 3 pixels, in file order."""
    (tmp_path / "plain").write_bytes(IMAGES)
    (tmp_path / "packed.gz").write_bytes(gzip.compress(IMAGES, mtime=0))
    for name in ("plain", "packed.gz"):
        found = read_idx(tmp_path / name, dimensions=3)
        assert found.tolist() == [[[0, 1, 2]], [[3, 4, 5]]]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("f", b"", "0 bytes"),
        ("f", idx(2049, (6,), bytes(6)), "magic number 2049"),
        ("f", IMAGES[:-1], "21 bytes"),
        ("f", IMAGES + b"x", "23 bytes"),
        ("f", IMAGES[:9], "9 bytes"),
        ("f.gz", gzip.compress(IMAGES, mtime=0)[:-9], "ended before"),
        ("f.gz", IMAGES, "Not a gzipped file"),
        ("f.gz", gzip.compress(IMAGES, mtime=0)[:12] + b"\x00garbage\xff", "rror"),
    ],
)
def test_broken_idx_files_are_refused(
    tmp_path: Path, name: str, content: bytes, found: str
) -> None:
    """Wrong magic number, truncated or overlong content, truncated or corrupt gzip."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_idx(path, dimensions=3)
    assert str(path) in caught.value.where
    assert found in str(caught.value)


def test_missing_mnist_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without HDO_DATA, with an empty folder, and with as many labels as do not fit the images."""
    monkeypatch.delenv("HDO_DATA", raising=False)
    with pytest.raises(InputError, match="HDO_DATA set to a folder with MNIST's"):
        load_dataset("mnist")
    monkeypatch.setenv("HDO_DATA", str(tmp_path))
    with pytest.raises(InputError, match="which you download yourself"):
        load_dataset("mnist")
    (tmp_path / "train-images-idx3-ubyte").write_bytes(IMAGES)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(2049, (3,), bytes(3)))
    with pytest.raises(InputError, match="as many labels as images"):
        load_dataset("mnist")
