"""Balls hold the numbers they were made from, and nothing is lost on the way."""

from fractions import Fraction

import flint
import numpy as np

from verify.balls import PRECISION_BITS, Ball, ball, balls, between, total, widened


def test_a_float_becomes_the_dyadic_number_that_it_is() -> None:
    """0.1 as a float is not 1/10, and its ball says so."""
    tenth = ball(0.1)
    assert tenth.rad() == 0
    assert tenth == Ball(flint.fmpq(*Fraction(0.1).as_integer_ratio()))
    assert not tenth.contains(Ball(1) / 10)


def test_arrays_keep_their_shape_and_their_values() -> None:
    """Floats, integers and balls, in any shape."""
    source = np.array([[0.5, -3.0, 1e-300], [2.0, 1e300, 0.0]])
    made = balls(source)
    assert made.shape == source.shape
    assert made.dtype == object
    assert all(b == Ball(v) for b, v in zip(made.ravel(), source.ravel().tolist(), strict=True))
    assert list(balls(np.arange(3))) == [0, 1, 2]
    assert balls(np.array([Ball(7)]))[0] == 7


def test_the_working_precision_is_256_bits() -> None:
    """1/3 is known to about 77 digits."""
    third = Ball(1) / 3
    assert PRECISION_BITS == flint.ctx.prec == 256
    assert 0 < third.rad() < Ball(2) ** -256
    assert (3 * third).contains(Ball(1))


def test_an_empty_total_is_zero() -> None:
    """Sums over an empty group of agents."""
    assert total([]) == 0
    assert total(balls([1.0, 2.0, 4.0])) == 7


def test_a_widened_ball_covers_both_ends_of_the_error() -> None:
    """Also where the radius is itself only known up to a radius."""
    radius = Ball(1) / 3
    wide = widened(Ball(2), radius)
    assert wide.contains(Ball(2) + radius.upper())
    assert wide.contains(Ball(2) - radius.upper())
    assert not wide.contains(Ball(2) + radius + Ball("1e-6"))


def test_between_covers_both_numbers_and_what_lies_between() -> None:
    """The hull of two balls."""
    hull = between(Ball(-1), Ball(3))
    assert all(hull.contains(Ball(v)) for v in (-1, 0, 3))
    assert not hull.contains(Ball("3.001"))
