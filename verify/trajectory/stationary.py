"""What a typed quadratic settles to, and the step size from which it does not."""

from collections.abc import Mapping

import flint
import numpy as np
from numpy.typing import NDArray

from hdo.ring import Array
from verify.balls import ball, balls
from verify.trajectory.model import Model, Ring, compile_model
from verify.trajectory.typed import OBSERVED, State, increment, observed, state_size, unpacked
from verify.trajectory.types import TypedQuadratic

_HALVINGS = 45


def stationary(
    system: TypedQuadratic, *, eta: float, nu: float, interaction: str, ring: Ring = float
) -> Mapping[str, float]:
    """The limits of `OBSERVED` as t grows, where the second moments are stable.

    Solves (one step - identity) state = 0 with the constant 1 fixed; `ring` is `float`, or
    `verify.balls.ball` for an enclosure whose midpoints are returned. Raises ZeroDivisionError in
    balls where the system cannot be solved.
    """
    model = _model(system, eta, nu, interaction, ring)
    seen = observed(model, stationary_state(model, ring))
    return {name: float(seen[name][0]) for name in OBSERVED}


def stationary_state(model: Model, ring: Ring = float) -> State:
    """The second moments that one interaction does not change; a batch of one."""
    matrix = _matrix(model, ring)
    kept = _existing(model)
    state = matrix[:, :1] * 0
    state[-1] = state[-1] + 1
    state[kept, 0] = _solved(matrix[np.ix_(kept, kept)], -matrix[kept, -1])
    return unpacked(model, state)


def spectral_radius(system: TypedQuadratic, *, eta: float, interaction: str) -> float:
    """The spectral radius of one interaction's map of the models' second moments."""
    model = _model(system, eta, 0.0, interaction, float)
    moments = model.m * (model.m + 1) * model.K
    kept = [index for index in _existing(model) if index < moments]
    return float(np.abs(1 + np.linalg.eigvals(_matrix(model, float)[np.ix_(kept, kept)])).max())


def stability_threshold(system: TypedQuadratic, *, interaction: str) -> float:
    """The largest step size below which second moments stay bounded, to 13 digits.

    Found by bisection: the stable step sizes are an interval that starts at 0.
    """
    low, high = 0.0, 4.0 * system.n / float(system.curvatures.max())
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if spectral_radius(system, eta=middle, interaction=interaction) < 1:
            low = middle
        else:
            high = middle
    return low


def _model(system: TypedQuadratic, eta: float, nu: float, interaction: str, ring: Ring) -> Model:
    return compile_model(
        system,
        eta=ring(eta),
        nu=ring(nu),
        start=np.zeros(system.d),
        interaction=interaction,
        ring=ring,
    )


def _matrix(model: Model, ring: Ring) -> Array:
    identity = np.eye(state_size(model.m, model.K))
    basis = unpacked(model, balls(identity) if ring is ball else identity)
    return increment(model, basis).packed()


def _existing(model: Model) -> NDArray[np.intp]:
    """Indices of the moments of agents that exist: not those of two agents of a type that has one.

    The constant 1, which is last, is not among them.
    """
    m, K = model.m, model.K
    single = np.ones((m, K), dtype=bool)
    double = np.broadcast_to((model.distinct != 0)[..., None], (m, m, K))
    parts = (single, double, single, double)
    return np.flatnonzero(np.concatenate([part.reshape(-1) for part in parts]))


def _solved(matrix: Array, right: Array) -> Array:
    if matrix.dtype != object:
        return np.linalg.solve(matrix, right)
    size = len(matrix)
    system = flint.arb_mat(size, size, matrix.ravel().tolist())
    found = system.solve(flint.arb_mat(size, 1, right.tolist()))
    return np.array(found.entries(), dtype=object)
