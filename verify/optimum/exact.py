"""Problems whose optimum has a formula: quadratic and kinked in rationals, cosine in balls."""

import flint
import numpy as np

from hdo.problems import CosineProblem, KinkedProblem, QuadraticProblem
from hdo.ring import Array, lift
from verify.balls import Ball, BallArray, balls
from verify.optimum.enclosure import EXACT, Optimum

_ZERO = flint.fmpq(0)
_BALL = Ball(0)


def quadratic_optimum(problem: QuadraticProblem) -> Optimum:
    """The solution of sum_i A_i (x - b_i) = 0 in rationals; no `x_ball` if sum_i A_i is singular.

    Of several minimisers the one is taken that agrees with the mean of the centres in the free
    variables of the row reduced system.
    """
    x, unique = quadratic_minimiser(problem)
    return _rational_optimum(x, problem.value(x), unique)


def quadratic_minimiser(problem: QuadraticProblem) -> tuple[Array, bool]:
    """A minimiser of f in rationals (objects fmpq, (d,)), and whether it is the only one."""
    A, b = lift(problem.curvatures, like=_ZERO), lift(problem.centres, like=_ZERO)
    middle = b.sum(axis=0) / problem.n
    pull = -problem.row_gradient(np.broadcast_to(middle, b.shape), A, b).sum(axis=0)
    H = A.sum(axis=0)
    if problem.diagonal:
        step = [p / h if h else _ZERO for p, h in zip(pull, H, strict=True)]
        return middle + np.array(step, dtype=object), all(h != 0 for h in H)
    step, unique = _solve(H, pull)
    return middle + step, unique


def _solve(H: Array, rhs: Array) -> tuple[Array, bool]:
    """A solution of the consistent system H y = rhs, free variables 0, and whether it is unique."""
    d = len(rhs)
    matrix = flint.fmpq_mat(d, d, H.ravel().tolist())
    if matrix.rank() == d:
        return np.array(
            matrix.solve(flint.fmpq_mat(d, 1, rhs.tolist())).entries(), dtype=object
        ), True
    augmented = flint.fmpq_mat(d, d + 1, np.column_stack([H, rhs]).ravel().tolist())
    reduced, rank = augmented.rref()
    rows = np.array(reduced.entries(), dtype=object).reshape(d, d + 1)
    y = np.array([_ZERO] * d, dtype=object)
    for row in rows[:rank]:
        y[int(np.flatnonzero(row != 0)[0])] = row[d]
    return y, False


def _rational_optimum(x: Array, value: flint.fmpq, unique: bool) -> Optimum:
    f_star = Ball(value)
    points = balls(x)
    return Optimum(
        x=_floats(points),
        x_ball=points if unique else None,
        lower=f_star,
        upper=f_star,
        status=EXACT,
    )


def _modulus(real: BallArray, imaginary: BallArray) -> BallArray:
    """sqrt(real^2 + imaginary^2), elementwise, also where a ball contains 0."""
    return np.array([abs(flint.acb(a, b)) for a, b in zip(real, imaginary, strict=True)])


def _floats(points: BallArray) -> Array:
    return np.array([float(p.mid()) for p in points])


def kinked_optimum(problem: KinkedProblem) -> Optimum:
    """In each coordinate the zero of the increasing, piecewise linear derivative, in rationals.

    With slope_low = 0 every x_k <= min_i o_ik is a minimiser; the largest is returned and `x_ball`
    is None.
    """
    offsets = lift(problem.offsets, like=_ZERO)
    x = np.array([_kinked_zero(problem, column) for column in offsets.T], dtype=object)
    return _rational_optimum(x, problem.value(x), unique=problem.slope_low > 0)


def _kinked_zero(problem: KinkedProblem, offsets: Array) -> flint.fmpq:
    """The largest offset with sum_i h'(x - o_i) <= 0, moved to the zero by the slope beyond it."""
    breakpoints = sorted(set(offsets))
    slopes = [problem.dh(point - offsets).sum() for point in breakpoints]
    index = max(k for k, slope in enumerate(slopes) if slope <= 0)
    start = breakpoints[index]
    low, high = lift(np.array([problem.slope_low, problem.slope_high]), like=_ZERO)
    count = sum(1 for offset in offsets if offset <= start)
    bend = count * high + (len(offsets) - count) * low
    return start - slopes[index] / bend if bend else start


def cosine_optimum(problem: CosineProblem) -> Optimum:
    """f* = sum_k a (1 - |p_k|) with the phasor p_k = (1/n) sum_i e^{i w o_ik}.

    f_k(x) = a (1 - Re(e^{-i w x} p_k)) is least where w x = arg p_k modulo 2 pi; of these points
    the one nearest to the mean of the offsets is returned. `x_ball` is None, as the minimiser is
    not unique.
    """
    a, w = balls([problem.amplitude, problem.frequency])
    offsets = balls(problem.offsets)
    middle = offsets.sum(axis=0) / problem.n
    # measured from the mean, so that the angle nearest to it is the principal one
    angles = (offsets - middle) * w
    real = np.cos(angles).sum(axis=0) / problem.n
    imaginary = np.sin(angles).sum(axis=0) / problem.n
    f_star = (a * (1 - _modulus(real, imaginary))).sum()
    turn = np.arctan2(imaginary.astype(float), real.astype(float))
    x = _floats(middle) + turn / problem.frequency
    return Optimum(x=x, x_ball=None, lower=f_star, upper=f_star, status=EXACT)
