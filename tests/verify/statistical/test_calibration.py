"""Calibration in small: false alarms at the boundary are as rare as stated, twins are refuted."""

import numpy as np
import pytest
from scipy.stats import binom

from verify.statistical.calibration import (
    LAWS,
    QUADRATIC,
    alarms,
    exact_values,
    law_batches,
    power,
    simulated,
)

AUDITS = 300


def most(level: float) -> int:
    """More alarms than this have probability below 10^-6 if each has at most this level."""
    return int(binom.isf(1e-6, AUDITS, level))


@pytest.mark.parametrize("law", LAWS)
def test_true_claims_at_their_boundary_are_rarely_refuted(law: str) -> None:
    """On laws of mean 1, looked at after every value; the law's second moment is the stated one."""
    for found in alarms(law, law_batches(law, audits=AUDITS, size=256, seed=1), 1.0):
        assert found.audits == AUDITS
        assert found.refuted <= most(found.level), found
        if found.assumed:
            assert found.confirmed <= most(found.level), found


def test_a_bound_just_below_the_mean_raises_alarms() -> None:
    """The same audits against a false bound are refuted nearly always: the test above can fail."""
    batches = law_batches("uniform on [0, 2]", audits=AUDITS, size=256, seed=1)
    found = {a.level: a for a in alarms("uniform", batches, 0.8)}
    assert found[0.05].refuted > 0.9 * AUDITS


def test_confirmations_need_their_assumption() -> None:
    """Where E X^2 > kappa (E X)^2 they go wrong far more often than the level, and it shows."""
    law = "100 with probability 1/100"
    found = {a.level: a for a in alarms(law, law_batches(law, audits=100, size=256, seed=2), 1.0)}
    assert found[0.01].confirmed > 10
    assert not found[0.01].assumed


def test_the_exact_quadratic_at_its_boundary() -> None:
    """Bounds equal to the exact values of the trajectory are rarely refuted."""
    exact, found = exact_values(QUADRATIC), simulated(QUADRATIC, count=AUDITS * 128, seed=2)
    for name, values in found.items():
        for alarm in alarms(name, [values.reshape(AUDITS, 128)], exact[name]):
            assert alarm.refuted <= most(alarm.level), alarm
            assert alarm.confirmed <= most(alarm.level), alarm


def test_power_grows_with_the_gap() -> None:
    """Nearer twins need more replicas, within a small factor of a test that knows the variance."""
    pool = np.random.default_rng(0).exponential(size=50_000)
    found = [
        power("exponential", pool, 1.0, theta=theta, level=1e-6, audits=20, seed=0)
        for theta in (0.5, 0.7, 0.9)
    ]
    medians = [one.quantile(0.5) for one in found]
    assert medians == sorted(medians)
    for one in found:
        assert 0.3 * one.ideal < one.quantile(0.5) < 4 * one.ideal + 20
