"""Spec files: what is accepted means what it says, what is wrong is named by its path."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from system_cases import table

from hdo.errors import InputError
from hdo.population import Population
from hdo.problems import KinkedProblem, LinearModelProblem, QuadraticProblem
from hdo.spec import Spec, build_problem, load_spec

DESIGN = """
[problem]
kind = "quadratic"
curvature = [1.0, 2.0, 4.0]
centres = [[0.1, 0.0, 1.0], [0.3, -1.0, 0.0], [0.0, 0.5, 0.5]]
noise = 0.5
[population]
agents = ["two-point", "forward-gradient", "first-order"]
directions = 3
[method]
step_size = 0.05
smoothing = 0.1
interaction = "pair"
steps = 60
start = [2.0, 2.0, 2.0]
"""


def test_the_designs_example_loads_with_its_numbers(tmp_path: Path) -> None:
    """Every number of the example file ends where it belongs; ints and floats alike."""
    path = tmp_path / "spec.toml"
    path.write_text(DESIGN)
    spec = load_spec(path)
    problem = build_problem(spec)
    assert isinstance(problem, QuadraticProblem)
    assert np.array_equal(problem.curvatures, np.tile([1.0, 2.0, 4.0], (3, 1)))
    assert problem.centres[1].tolist() == [0.3, -1.0, 0.0]
    assert problem.noise == 0.5
    assert (spec.population.n0, spec.population.n1, spec.population.directions) == (2, 1, 3)
    assert spec.population.zeroth_order.tolist() == [0, 1]
    method = spec.method
    assert (method.step_size, method.smoothing, method.steps) == (0.05, 0.1, 60)
    assert method.smoothing_ratio == 0.05 / 0.1
    assert method.start_point(3).tolist() == [2.0, 2.0, 2.0]


@pytest.mark.parametrize(
    "kind", ["quadratic", "kinked", "cosine", "ridge", "logistic", "sigmoid", "softmax"]
)
def test_specs_survive_the_round_trip_through_json(kind: str) -> None:
    """from_dict(to_dict(spec)) = spec, also through JSON text, and with all optional tables."""
    extra: dict[str, Any] = {
        "method": {"smoothing_ratio": 0.1 / 0.2 * 0.3, "smoothing": 0.05 / (0.1 / 0.2 * 0.3)},
        "state": {"models": [[0.1, 0.2], [0.3, 1e-300], [1 / 3, 2.0]]},
        "parameters": {"alpha0": 2.0, "alpha1": 0.1, "k": 4, "agent": 1, "other": 0},
    }
    if kind in ("ridge", "logistic", "sigmoid", "softmax"):
        extra["population"] = {"batch": "full"}
    spec = Spec.from_dict(table(kind, **extra))
    text = spec.to_json()
    again = Spec.from_dict(json.loads(text))
    assert again == spec
    assert again.to_json() == text
    assert hash(again) == hash(spec)
    assert load_spec(text) == spec


@given(eta=st.floats(1e-8, 1e3), c=st.floats(1e-3, 1e3), start=st.floats(-1e6, 1e6))
def test_any_method_survives_the_round_trip(eta: float, c: float, start: float) -> None:
    """The ratio that was given stays itself, to the last bit; nu = eta/c is derived."""
    content = table(method={"step_size": eta, "start": start, "smoothing_ratio": c})
    del content["method"]["smoothing"]
    spec = Spec.from_dict(content)
    assert Spec.from_dict(json.loads(spec.to_json())) == spec
    assert spec.method.smoothing_ratio == c
    assert spec.method.smoothing == eta / c


def test_build_problem_returns_the_same_object_for_equal_specs() -> None:
    """Cached on the canonical JSON of problem and population; the method plays no part."""
    first = build_problem(Spec.from_dict(table("ridge")))
    assert build_problem(Spec.from_dict(table("ridge", method={"steps": 9}))) is first
    assert build_problem(Spec.from_dict(table("ridge", problem={"seed": 1}))) is not first


def test_scalars_and_single_rows_stand_for_all() -> None:
    """centres: a number, a row, a row of each agent; the same for models and start."""
    for centres in (2.0, [2.0, 2.0], [[2.0, 2.0]] * 3):
        spec = Spec.from_dict(
            table(problem={"centres": centres}, state={"models": centres}, method={"start": 2})
        )
        problem = build_problem(spec)
        assert isinstance(problem, QuadraticProblem)
        assert np.array_equal(problem.centres, np.full((3, 2), 2.0))
        assert np.array_equal(spec.models(2), np.full((3, 2), 2.0))
        assert spec.method.start_point(2).tolist() == [2.0, 2.0]


def test_curvatures_come_as_number_diagonal_rows_matrices_or_one_matrix() -> None:
    """Every layout of the same A = diag(2, 2) builds it; a matrix layout keeps the off-diagonal."""
    square = [[2.0, 0.5], [0.5, 1.0]]
    layouts: list[tuple[dict[str, Any], Any]] = [
        ({"curvature": 2.0}, [2.0, 2.0]),
        ({"curvature": [2.0, 1.0]}, [2.0, 1.0]),
        ({"curvature": [[2.0, 1.0]] * 3}, [2.0, 1.0]),
        ({"curvature": [square] * 3}, square),
        ({"curvature_matrix": square}, square),
    ]
    for keys, expected in layouts:
        content = table()
        del content["problem"]["curvature"]
        content["problem"].update(keys)
        problem = build_problem(Spec.from_dict(content))
        assert isinstance(problem, QuadraticProblem)
        assert problem.curvatures.tolist() == [expected] * 3


def test_group_centres_give_each_group_its_mean_and_variance() -> None:
    """N0 = {0, 2} gets the first row, N1 = {1} the second."""
    content = table(
        problem={
            "group_centres": {
                "zeroth_order": [1.0, 2.0],
                "first_order": 3.0,
                "variance": [0.5, 0.0],
            }
        }
    )
    del content["problem"]["centres"]
    spec = Spec.from_dict(content)
    problem = build_problem(spec)
    assert isinstance(problem, QuadraticProblem)
    assert problem.centres.tolist() == [[1.0, 2.0], [3.0, 3.0], [1.0, 2.0]]
    assert problem.centre_variance == (0.5, 0.0)
    assert Spec.from_dict(spec.to_dict()) == spec


def test_counts_are_short_for_lists_of_agents() -> None:
    """zeroth_order = 2, first_order = 1, estimator = forward-gradient; either count may be 0."""
    content = table()
    content["population"] = {
        "zeroth_order": 2,
        "first_order": 1,
        "estimator": "forward-gradient",
        "directions": 2,
    }
    expected = ("forward-gradient", "forward-gradient", "first-order")
    assert Spec.from_dict(content).population == Population(expected, directions=2)
    for keys, n0, n1 in (({"zeroth_order": 3}, 3, 0), ({"first_order": 3}, 0, 3)):
        content["population"] = keys
        population = Spec.from_dict(content).population
        assert (population.n0, population.n1) == (n0, n1)
        assert len(population.zeroth_order) + len(population.first_order) == population.n


def test_the_smallest_cases_work() -> None:
    """n = 2 and d = 1, from numbers alone."""
    spec = Spec.from_dict(
        {
            "problem": {"kind": "kinked", "slope_low": 0.0, "slope_high": 1.0},
            "population": {"zeroth_order": 1, "first_order": 1},
        }
    )
    problem = build_problem(spec)
    assert isinstance(problem, KinkedProblem)
    assert (problem.n, problem.d) == (2, 1)
    assert problem.values(np.array([[2.0], [-2.0]])).tolist() == [2.0, 0.0]


def test_batches_of_data_problems_default_to_one_row() -> None:
    """batch = 1 unless given; "full" means no sampling."""
    assert Spec.from_dict(table("ridge")).population.batch == 1
    spec = Spec.from_dict(table("ridge", population={"batch": "full"}))
    assert spec.population.batch is None
    problem = build_problem(spec)
    assert isinstance(problem, LinearModelProblem)
    assert problem.population.batch is None


def test_what_is_missing_is_named_when_it_is_asked_for() -> None:
    """A spec of an optimum needs no method; asking for what it lacks names the key."""
    content = table()
    content["method"] = {"step_size": 0.1}
    spec = Spec.from_dict(content)
    for attribute in ("smoothing", "smoothing_ratio", "steps"):
        with pytest.raises(InputError, match=r"^method\.s.*got nothing$"):
            getattr(spec.method, attribute)
    with pytest.raises(InputError, match=r"^state: "):
        spec.models(2)
    del content["method"]
    with pytest.raises(InputError, match=r"^method: expected a table with step_size, got nothing$"):
        _ = Spec.from_dict(content).method


NAN, INF = math.nan, math.inf
BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("quadratic", {"problem": {"kind": "cubic"}}, "problem.kind", "'softmax'"),
    ("quadratic", {"problem": {"kind": 3}}, "problem.kind", "one of"),
    ("quadratic", {"problem": {"centres": [[0.0, 0.0]] * 2}}, "problem.centres", "3 rows"),
    (
        "quadratic",
        {"problem": {"centres": [[0.0, 0.0], [0.0, 0.0], [0.0]]}},
        "problem.centres[2]",
        "2 numbers",
    ),
    (
        "quadratic",
        {"problem": {"centres": [[0.0, 0.0], [0.0, NAN], [0.0, 0.0]]}},
        "problem.centres[1][1]",
        "a finite number",
    ),
    ("quadratic", {"problem": {"centres": [[0.0, "x"]]}}, "problem.centres[0][1]", "number"),
    ("quadratic", {"problem": {"centres": []}}, "problem.centres", "at least one number"),
    ("quadratic", {"problem": {"centres": [0.0, [1.0]]}}, "problem.centres", "rows"),
    ("quadratic", {"problem": {"curvature": [1.0, -4.0]}}, "problem.curvature[0][1]", ">= 0"),
    ("quadratic", {"problem": {"curvature": [1.0, INF]}}, "problem.curvature[1]", "finite"),
    ("quadratic", {"problem": {"curvature": [[1.0, 2.0]] * 4}}, "problem.curvature", "3 rows"),
    ("quadratic", {"problem": {"curvature": [[[1.0]]] * 4}}, "problem.curvature", "3 matrices"),
    (
        "quadratic",
        {"problem": {"curvature": [[[1.0, 2.0], [2.0, 1.0]]] * 3, "centres": 0.0}},
        "problem.curvature[0]",
        "positive semidefinite",
    ),
    (
        "quadratic",
        {"problem": {"curvature": [[[1.0, 0.0], [1.0, 1.0]]] * 3, "centres": 0.0}},
        "problem.curvature[0]",
        "symmetric",
    ),
    (
        "quadratic",
        {"problem": {"curvature_matrix": [[1.0]]}},
        "problem.curvature_matrix",
        "only one",
    ),
    ("quadratic", {"problem": {"group_centres": {}}}, "problem.group_centres", "only one"),
    ("quadratic", {"problem": {"dimension": 3}}, "problem.curvature", "3 numbers"),
    ("quadratic", {"problem": {"noise": -0.5}}, "problem.noise", ">= 0"),
    ("quadratic", {"problem": {"noise": 10**400}}, "problem.noise", "finite"),
    ("quadratic", {"problem": {"nosie": 0.5}}, "problem.nosie", "known: "),
    ("quadratic", {"population": {"agents": ["two-point"]}}, "population.agents", "2 agents"),
    (
        "quadratic",
        {"population": {"agents": ["two-point", "zeroth", "first-order"]}},
        "population.agents[1]",
        "one of",
    ),
    ("quadratic", {"population": {"agents": "two-point"}}, "population.agents", "a list"),
    ("quadratic", {"population": {"directions": 0}}, "population.directions", ">= 1"),
    ("quadratic", {"population": {"directions": 1.5}}, "population.directions", "integer"),
    ("quadratic", {"population": {"directions": True}}, "population.directions", "integer"),
    ("quadratic", {"population": {"batch": 2}}, "population.batch", "no batch"),
    ("quadratic", {"population": {"zeroth_order": 2}}, "population.zeroth_order", "no such key"),
    ("ridge", {"population": {"batch": 0}}, "population.batch", "full"),
    ("ridge", {"population": {"batch": "half"}}, "population.batch", "full"),
    ("quadratic", {"method": {"step_size": -0.1}}, "method.step_size", "> 0"),
    ("quadratic", {"method": {"step_size": 0}}, "method.step_size", "> 0"),
    ("quadratic", {"method": {"step_size": NAN}}, "method.step_size", "finite"),
    ("quadratic", {"method": {"step_size": "0.1"}}, "method.step_size", "number"),
    ("quadratic", {"method": {"smoothing": 0.0}}, "method.smoothing", "> 0"),
    ("quadratic", {"method": {"smoothing_ratio": 0.7}}, "method.smoothing_ratio", "= 0.5"),
    ("quadratic", {"method": {"interaction": "ring"}}, "method.interaction", "one of"),
    ("quadratic", {"method": {"steps": -1}}, "method.steps", ">= 0"),
    ("quadratic", {"method": {"steps": 1e3}}, "method.steps", "integer"),
    ("quadratic", {"method": {"start": [1.0, 2.0, 3.0]}}, "method.start", "2 numbers"),
    ("quadratic", {"method": {"seed": 2**32}}, "method.seed", "4294967295"),
    ("quadratic", {"method": {"eta": 0.1}}, "method.eta", "no such key"),
    ("quadratic", {"state": {"models": [[1.0, 2.0]] * 2}}, "state.models", "3 rows"),
    ("quadratic", {"state": {"models": [[1.0]] * 3}}, "state.models[0]", "2 numbers"),
    ("quadratic", {"state": {"t": 3}}, "state.models", "numbers"),
    ("quadratic", {"parameters": {"agent": 3}}, "parameters.agent", "<= 2"),
    ("quadratic", {"parameters": {"alpha0": 0.0}}, "parameters.alpha0", "> 0"),
    ("quadratic", {"parameters": {"beta": 1.0}}, "parameters.beta", "no such key"),
    ("quadratic", {"extra": {}}, "extra", "no such key"),
    ("kinked", {"problem": {"slope_low": -1.0}}, "problem.slope_low", ">= 0"),
    ("kinked", {"problem": {"slope_high": 0.25}}, "problem.slope_high", "slope_low = 0.5"),
    ("kinked", {"problem": {"offsets": [1.0]}}, "problem.offsets", "2 numbers"),
    ("cosine", {"problem": {"frequency": 0.0}}, "problem.frequency", "> 0"),
    ("cosine", {"problem": {"amplitude": INF}}, "problem.amplitude", "finite"),
    ("cosine", {"problem": {"curvature": 1.0}}, "problem.curvature", "no such key"),
    ("ridge", {"problem": {"data": "iris"}}, "problem.data", ".csv"),
    ("ridge", {"problem": {"data": "x.csv"}}, "problem.target", "target column"),
    ("ridge", {"problem": {"target": "y"}}, "problem.target", "no such key"),
    ("ridge", {"problem": {"regularisation": -1.0}}, "problem.regularisation", ">= 0"),
    ("ridge", {"problem": {"split": "random"}}, "problem.split", "by-label"),
    ("ridge", {"problem": {"rows": 1}}, "problem.rows", ">= 2"),
    ("logistic", {"problem": {"classes": [1, 2, 3]}}, "problem.classes", "two distinct"),
    ("softmax", {"problem": {"classes": [1, 1]}}, "problem.classes", "at least two distinct"),
]


@pytest.mark.parametrize(("kind", "changes", "where", "expected"), BAD)
def test_bad_values_are_named_by_path_with_what_is_allowed(
    kind: str, changes: dict[str, Any], where: str, expected: str
) -> None:
    """One line: the key's path, what is allowed, the value found."""
    with pytest.raises(InputError) as caught:
        Spec.from_dict(table(kind, **changes))
    message = str(caught.value)
    assert caught.value.where == where
    assert expected in caught.value.expected
    assert message.startswith(f"{where}: expected ")
    assert ", got " in message
    assert "\n" not in message
    assert len(message) < 400


@pytest.mark.parametrize(
    ("path", "where"),
    [
        (("problem",), "problem"),
        (("population",), "population"),
        (("problem", "kind"), "problem.kind"),
        (("problem", "curvature"), "problem.curvature"),
        (("population", "agents"), "population.agents"),
        (("method", "step_size"), "method.step_size"),
    ],
)
def test_missing_keys_are_named(path: tuple[str, ...], where: str) -> None:
    """A key that must be there reads `got nothing`."""
    content = table()
    holder = content if len(path) == 1 else content[path[0]]
    del holder[path[-1]]
    with pytest.raises(InputError, match=r"got nothing$") as caught:
        Spec.from_dict(content)
    assert caught.value.where == where


def test_tables_that_are_no_tables_are_refused() -> None:
    """problem = 3 is a value, not a table."""
    for name in ("problem", "population", "method", "state", "parameters"):
        with pytest.raises(InputError, match=rf"^{name}: expected a table, got 3$"):
            Spec.from_dict({**table(), name: 3})


def test_unreadable_spec_files_are_refused(tmp_path: Path) -> None:
    """Missing, a folder, empty, no TOML, not UTF-8, broken inline JSON, inline JSON with NaN."""
    files = {"empty.toml": b"", "broken.toml": b"[problem\n", "binary.toml": b"\xff\xfe = 1"}
    for name, raw in files.items():
        (tmp_path / name).write_bytes(raw)
    for name, expected in (
        ("missing.toml", "No such file"),
        ("", "directory"),
        ("empty.toml", "an empty file"),
        ("broken.toml", "a TOML file"),
        ("binary.toml", "a TOML file"),
    ):
        with pytest.raises(InputError, match=expected) as caught:
            load_spec(tmp_path / name)
        assert str(tmp_path) in caught.value.where
    with pytest.raises(InputError, match=r"^inline spec: expected a JSON object"):
        load_spec('{"problem": ')
    content = table(method={"step_size": NAN})
    with pytest.raises(InputError, match=r"method\.step_size"):
        load_spec(json.dumps(content))


def test_the_spec_reader_is_light() -> None:
    """Importing it loads neither JAX nor scikit-learn nor scipy nor sympy."""
    code = "import hdo.spec, sys; print(sorted({m.split('.')[0] for m in sys.modules}))"
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ},
    ).stdout
    for heavy in ("jax", "sklearn", "scipy", "sympy", "pandas", "cvxpy"):
        assert f"'{heavy}'" not in found
