"""Laws of the engine that need no oracle: what a change of the run must do to its result."""

import os
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hdo.engine import make_estimates, trajectories
from hdo.engine_random import fold, make_key
from hdo.engine_step import Stepper
from hdo.population import ESTIMATORS
from hdo.spec import Spec, build_problem

REPLICAS = 4
EXAMPLES = int(os.environ.get("HDO_EXAMPLES", "2"))
"""Runs of each law: most of a run is compilation. HDO_EXAMPLES=50 looks further."""

KINDS = ("quadratic", "kinked", "cosine")
INTERACTIONS = ("pair", "matching", "ring")

Floats = NDArray[np.float64]


def table(
    kind: str,
    agents: list[str],
    centres: Floats,
    *,
    scale: float = 1.0,
    interaction: str = "pair",
    directions: int = 1,
    **method: Any,
) -> dict[str, Any]:
    """`scale` times an objective of this kind with these centres, noise 0.5 scale^2."""
    problems: dict[str, dict[str, Any]] = {
        "quadratic": {
            "curvature": [[scale * (1 + 0.5 * k)] * centres.shape[1] for k in range(len(agents))],
            "centres": centres.tolist(),
        },
        "kinked": {
            "slope_low": 0.25 * scale,
            "slope_high": 2.0 * scale,
            "offsets": centres.tolist(),
        },
        "cosine": {"amplitude": 1.5 * scale, "frequency": 1.0, "offsets": centres.tolist()},
    }
    graph = {"interaction": "graph", "graph": "ring"}
    return {
        "problem": {"kind": kind, "noise": 0.5 * scale**2, **problems[kind]},
        "population": {"agents": agents, "directions": directions},
        "method": {
            "step_size": 0.0625 / scale,
            "smoothing": 0.125,
            "steps": 6,
            **(graph if interaction == "ring" else {"interaction": interaction}),
            **method,
        },
    }


def run(content: dict[str, Any], **options: Any) -> Floats:
    """All models, (times, replicas, n, d)."""
    return trajectories(Spec.from_dict(content), replicas=REPLICAS, **options)[1]


def drawn_centres(seed: int, n: int, d: int) -> Floats:
    """Centres that are multiples of 1/8, so that translations of them are exact."""
    return np.random.default_rng(seed).integers(-16, 17, size=(n, d)) / 8.0


SEEDS = st.integers(0, 2**31 - 1)
PEOPLE = st.lists(
    st.sampled_from([name for name in ESTIMATORS if name != "complex-step"]),
    min_size=3,
    max_size=3,
)


@given(
    kind=st.sampled_from(KINDS),
    agents=PEOPLE,
    power=st.integers(-3, 3),
    interaction=st.sampled_from(INTERACTIONS),
    seed=SEEDS,
)
@settings(max_examples=EXAMPLES)
def test_scaling_the_objective_and_the_step_size_changes_no_bit(
    kind: str, agents: list[str], power: int, interaction: str, seed: int
) -> None:
    """s f with eta/s, s a power of two: the same steps, as every estimator is linear in F."""
    centres = drawn_centres(seed, len(agents), 2)
    options: dict[str, Any] = {"interaction": interaction, "seed": seed, "directions": 2}
    plain = run(table(kind, agents, centres, **options))
    scaled = run(table(kind, agents, centres, scale=2.0**power, **options))
    assert np.array_equal(plain, scaled)
    assert len(np.unique(plain[-1].reshape(REPLICAS, -1), axis=0)) == REPLICAS


@given(
    kind=st.sampled_from(KINDS),
    agents=PEOPLE.filter(lambda agents: "debiased" not in agents),
    interaction=st.sampled_from(INTERACTIONS),
    seed=SEEDS,
)
@settings(max_examples=EXAMPLES)
def test_translating_centres_and_start_translates_the_run(
    kind: str, agents: list[str], interaction: str, seed: int
) -> None:
    """To rounding over nu; the de-biased estimator, with nu/2^16, is left out."""
    d, away = 3, np.array([3.0, -5.0, 0.25])
    centres = drawn_centres(seed, len(agents), d)
    options: dict[str, Any] = {"interaction": interaction, "seed": seed}
    here = run(table(kind, agents, centres, start=0.5, **options))
    moved = table(kind, agents, centres + away, start=(0.5 + away).tolist(), **options)
    assert np.abs(run(moved) - away - here).max() < 1e-8 * max(1.0, np.abs(here).max())


@given(seed=SEEDS, interaction=st.sampled_from(INTERACTIONS), turn=st.floats(0, 6.0))
@settings(max_examples=EXAMPLES)
def test_rotating_space_rotates_a_run_of_gradients(
    seed: int, interaction: str, turn: float
) -> None:
    """First-order agents without noise on isotropic quadratics, to rounding."""
    agents = ["first-order"] * 4
    Q = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    centres = drawn_centres(seed, 4, 2)
    options: dict[str, Any] = {"interaction": interaction, "seed": seed}
    content = table("quadratic", agents, centres, start=[1.0, 2.0], **options)
    turned = table("quadratic", agents, centres @ Q.T, start=(Q @ [1.0, 2.0]).tolist(), **options)
    for part in (content, turned):
        part["problem"]["noise"] = 0.0
    assert np.allclose(run(turned), run(content) @ Q.T, rtol=0, atol=1e-12)


@given(agents=st.permutations(["first-order"] * 2 + ["two-point"] * 3), seed=SEEDS)
@settings(max_examples=EXAMPLES)
def test_counts_and_lists_of_agents_say_the_same(agents: list[str], seed: int) -> None:
    """`zeroth_order = 3, first_order = 2` is a list of those agents, bit for bit."""
    content = table("quadratic", sorted(agents, reverse=True), drawn_centres(seed, 5, 2))
    counted = {**content, "population": {"zeroth_order": 3, "first_order": 2, "directions": 1}}
    assert np.array_equal(run(content), run(counted))


@given(
    kind=st.sampled_from(KINDS),
    agents=st.lists(st.sampled_from(ESTIMATORS[:3]), min_size=2, max_size=2),
    interaction=st.sampled_from(("pair", "matching")),
    seed=SEEDS,
)
@settings(max_examples=EXAMPLES)
def test_two_agents_agree_after_every_interaction(
    kind: str, agents: list[str], interaction: str, seed: int
) -> None:
    """Gamma' = 0 for n = 2, to the last bit."""
    content = table(kind, agents, drawn_centres(seed, 2, 2), interaction=interaction, seed=seed)
    models = run(content)
    assert np.array_equal(models[:, :, 0], models[:, :, 1])
    assert not np.array_equal(models[0], models[1])


def one_step(content: dict[str, Any], models: Floats, *, eta: float, seed: int) -> Floats:
    """The models (B, n, d) after one interaction from these."""
    with jax.enable_x64(True):
        spec = Spec.from_dict(content)
        stepper = Stepper(build_problem(spec), spec.method, len(models))
        object.__setattr__(stepper, "_eta", lambda t: eta)
        state = {**stepper.start(), "models": jnp.asarray(models)}
        lanes = jnp.arange(len(models))
        after = stepper.step(state, make_key(seed), lanes, jnp.int64(len(models)), jnp.int64(0))
        return np.asarray(after["models"])


@given(interaction=st.sampled_from(INTERACTIONS), n=st.integers(3, 7), seed=SEEDS)
@settings(max_examples=EXAMPLES)
def test_a_step_size_of_zero_only_mixes(interaction: str, n: int, seed: int) -> None:
    """Rows become means of two rows; the mean stays, Gamma does not grow."""
    X = np.random.default_rng(seed).normal(size=(16, n, 2))
    content = table("quadratic", ["two-point"] * n, np.zeros((n, 2)), interaction=interaction)
    after = one_step(content, X, eta=0.0, seed=seed)
    assert np.allclose(after.mean(axis=1), X.mean(axis=1), rtol=0, atol=1e-14)
    spread = [((Y - Y.mean(axis=1, keepdims=True)) ** 2).sum(axis=(1, 2)) for Y in (X, after)]
    assert (spread[1] < spread[0]).all()
    for before, now in zip(X, after, strict=True):
        means = (before[:, None] + before[None, :]) / 2
        found = (np.abs(now[:, None, None] - means).max(axis=-1) < 1e-14).any(axis=(1, 2))
        assert found.all()
        met = (now != before).any(axis=1).sum()
        assert met == (n - n % 2 if interaction == "matching" else 2)


@given(agents=PEOPLE, interaction=st.sampled_from(INTERACTIONS), seed=SEEDS)
@settings(max_examples=EXAMPLES)
def test_averaging_preserves_the_mean_of_the_steps(
    agents: list[str], interaction: str, seed: int
) -> None:
    """mu' - mu is the mean of -eta G over all, those who do not act counting 0: linear in eta."""
    n = len(agents)
    X = np.random.default_rng(seed).normal(size=(16, n, 2))
    content = table("cosine", agents, np.zeros((n, 2)), interaction=interaction)
    moved = [(one_step(content, X, eta=eta, seed=seed) - X).mean(axis=1) for eta in (0.25, 0.5)]
    assert np.allclose(2 * moved[0], moved[1], rtol=0, atol=1e-12 * max(1, np.abs(moved[1]).max()))
    assert np.abs(moved[1]).max() > 1e-6


@pytest.mark.parametrize("name", ["coordinate", "sphere-central", "complex-step"])
@given(x=st.floats(-4, 4), seed=SEEDS)
@settings(max_examples=EXAMPLES)
def test_in_one_dimension_directions_of_length_one_give_the_derivative(
    name: str, x: float, seed: int
) -> None:
    """u = 1 or -1: on a quadratic the central difference along it is the gradient, its sample's."""
    agents = [name, "first-order"]
    content = table("quadratic", agents, np.array([[0.5], [0.5]]))
    content["problem"]["curvature"] = [[2.0], [2.0]]
    with jax.enable_x64(True):
        spec = Spec.from_dict(content)
        estimates = make_estimates(build_problem(spec), spec.method, shortcuts=True)
        keys = [fold(make_key(seed), 0, purpose) for purpose in (0, 1)]
        found = [
            float(estimates[each](jnp.array([x]), jnp.int32(0), *keys, jnp.nan)[0][0])
            for each in agents
        ]
    assert abs(found[0] - found[1]) <= 1e-10


@given(
    agents=PEOPLE,
    kind=st.sampled_from(KINDS),
    interaction=st.sampled_from(INTERACTIONS),
    cut=st.integers(1, 5),
    seed=SEEDS,
)
@settings(max_examples=EXAMPLES)
def test_a_longer_run_begins_like_a_shorter_one(
    agents: list[str], kind: str, interaction: str, cut: int, seed: int
) -> None:
    """The first `cut` interactions do not know how many follow, bit for bit."""
    centres = drawn_centres(seed, len(agents), 2)
    options: dict[str, Any] = {"interaction": interaction, "seed": seed, "momentum": 0.5}
    whole = run(table(kind, agents, centres, **options))
    part = run(table(kind, agents, centres, **{**options, "steps": cut}))
    assert np.array_equal(whole[: cut + 1], part)
