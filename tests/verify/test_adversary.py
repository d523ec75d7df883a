"""Climbs: the quantities in JAX are those of the exact evidence, and closed forms are reached."""

import math
from itertools import product

import jax
import numpy as np
import pytest

from theory import claim
from verify.adversary import Setting, climb, quantities
from verify.hypotheses import instance_numbers
from verify.instance import Instance
from verify.judge import gather, judge
from verify.onestep import measure_step
from verify.optimum import optimum
from verify.share import sides

MOMENTS = ("vs0_sq", "vs1_sq", "S_Z", "S_F")


def setting(estimator: str = "two-point", *, n0: int = 3, n1: int = 3, d: int = 8) -> Setting:
    """Constants that no test depends on."""
    return Setting(n0, n1, d, 4.0, 1.0, 1e-3, 1e-3, estimator)


@pytest.mark.parametrize(
    ("estimator", "n0", "n1", "d"),
    [*product(("two-point", "forward-gradient"), (2,), (3,), (1, 4)), ("two-point", 0, 2, 3)],
)
def test_quantities_are_those_of_the_exact_evidence(
    estimator: str, n0: int, n1: int, d: int
) -> None:
    """All of them, to rounding, at a random place with everything of different sizes."""
    rng = np.random.default_rng([n0, d])
    chosen = Setting(n0, n1, d, 4.0, 0.5, 0.3, 0.7, estimator)
    models, centres = rng.normal(size=(chosen.n, d)), 2 * rng.normal(size=(chosen.n, d))
    place = {"models": models, "centres": centres, "log_noise": math.log(0.6)}
    with jax.enable_x64(True):
        found = {
            name: float(value) for name, value in quantities(place, chosen, chosen.numbers).items()
        }
    made = Instance.from_dict(
        {
            "problem": {
                "kind": "quadratic",
                "curvature": chosen.curvature.tolist(),
                "centres": centres.tolist(),
                "noise": 0.6,
            },
            "population": {"zeroth_order": n0, "first_order": n1, "estimator": estimator},
            "method": {"step_size": 0.3, "smoothing": 0.7},
            "state": {"models": models.tolist()},
            "parameters": {"alpha0": 1.0, "alpha1": 1.0},
        }
    )
    numbers = instance_numbers(made)
    exact = measure_step(
        made.problem,
        made.spec.population,
        made.models,
        eta=0.3,
        nu=0.7,
        optimum=optimum(made.problem),
        parameters=made.spec.parameters,
    )
    for name, value in found.items():
        known = numbers[name] if name in MOMENTS else exact[name]
        assert value == pytest.approx(float(known.mid()), rel=1e-11, abs=1e-12), name


def best(key: str, edition: str, chosen: Setting) -> float:
    """The largest share that climbs reach, by the exact evidence."""
    subject = claim(key, edition)
    shares = []
    for made in climb(subject, chosen):
        read = sides(subject, instance_numbers(made))
        shares.append(read.share(gather(subject, made)))
    return max(shares)


@pytest.mark.parametrize(
    ("key", "edition", "chosen", "known"),
    [
        # ||G_0 + G_1||^2 <= 2 (||G_0||^2 + ||G_1||^2); m_0^2 = E G_0^2/3, so (a^2 + b^2 + 2ab/3^.5)
        ("lemma-14", "published", Setting(1, 1, 1, 1.0, 1.0, 1e-3, 1e-3, "two-point"), None),
        # 2 L e = ||h||^2 on the coordinates of curvature L, and 6 where 4 is enough
        ("lemma-8", "published", setting(), 2 / 3),
        ("pair-moment.forward-gradient", "sharp", setting("forward-gradient"), 1.0),
    ],
)
def test_closed_forms_are_reached(
    key: str, edition: str, chosen: Setting, known: float | None
) -> None:
    """From below, to six digits: shares that can be had by hand."""
    expected = (3 + math.sqrt(3)) / 6 if known is None else known
    found = best(key, edition, chosen)
    assert expected - 1e-6 <= found <= expected + 1e-12


def test_a_bound_that_is_too_small_is_seen_through() -> None:
    """Lemma 8 with 0.6 of its terms: a climb ends where the exact evidence refutes it."""
    whole = claim("lemma-8", "published")
    short = whole
    for index in range(len(whole.terms)):
        short = short.scaled(index, 0.6)
    outcomes = {judge(short, made).outcome for made in climb(short, setting())}
    assert "violated" in outcomes
    assert {judge(whole, made).outcome for made in climb(short, setting())} == {"holds"}


def test_climbs_depend_on_the_seed_alone() -> None:
    """The same twice; another seed goes elsewhere."""
    subject, small = claim("lemma-14"), setting(n0=1, n1=1, d=2)
    first, again, other = (list(climb(subject, small, seed=seed)) for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_shares_of_an_identity_are_refused() -> None:
    """An identity has no bound."""
    with pytest.raises(ValueError, match="identity"):
        sides(claim("identity-consensus"), setting().parameters())
