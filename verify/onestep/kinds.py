"""What one agent's estimator is, reduced to its first two moments and its smoothed function."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from verify.balls import Ball, BallArray


@dataclass(frozen=True)
class Smoothed:
    """Gaussian smoothing of one deterministic function at one point.

    `gap` is f_nu - f; `gradient` (d,) is grad f_nu.
    """

    gap: Ball
    gradient: BallArray
    measure_energy: Callable[[], Ball]

    @cached_property
    def energy(self) -> Ball:
        """(1/nu^2) E[(f(x+nu u)-f(x))^2 ||u||^2], the second moment of its two-point estimator."""
        return self.measure_energy()


@dataclass(frozen=True)
class AgentMoments:
    """m = E_t G of shape (d,) and E_t||G||^2 of one agent's estimate.

    The true mean is within the Euclidean distance `blur` of `mean` (0 where it is exact).
    """

    mean: BallArray
    second: Ball
    blur: Ball = Ball(0)  # noqa: RUF009 - balls are immutable


def averaged(one: Ball, mean_norm_sq: Ball, directions: int) -> Ball:
    """E||G||^2 of an average of rv estimates that are independent given the sample xi.

    `one` is E||G_1||^2, `mean_norm_sq` is E_xi ||E[G_1 | xi]||^2.
    """
    return one / directions + mean_norm_sq * (directions - 1) / directions


def sampled_norm_sq(whole: Ball, row: Ball, batch: int | None) -> Ball:
    """E of a quadratic form in the average of `batch` independent uniform rows.

    `row` is its mean over single rows, `whole` its value at the average of all rows; None is no
    sampling.
    """
    return whole if batch is None else whole + (row - whole) / batch
