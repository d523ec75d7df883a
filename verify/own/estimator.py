"""An estimator of a user's own with what is claimed of its mean and its second moment."""

from dataclasses import dataclass
from typing import Any

import sympy as sp

from theory import OWN, Claim, own_symbol
from verify.own.directions import DIRECTIONS
from verify.own.exact import OWN_LAW, Estimate, Moment

LAWS = (*DIRECTIONS, OWN_LAW)
"""What `directions` may be."""


@dataclass(frozen=True, kw_only=True)
class Estimator:
    """G = estimate(loss, x, u, nu) (d,), made of values of a pure loss (d,) -> a number.

    Args:
        key: its claims are `KEY.bias` and `KEY.second-moment`.
        estimate: + - * / and the functions of `hdo.ring` (such as `sign`) work in every route.
        directions: the law of u, (d,): `gaussian`, `sphere`, `coordinates`, `signs`; or `own`: u is
            a key, from which a JAX function draws what it needs.
        bias: at least ||E G - grad f^i(x)||, in L, nu, d, grad_x_sq; 0 for an unbiased one; None
            claims nothing.
        second_moment: at least E||G||^2, in the same symbols.
        assumptions, conditions: the claims', as in `theory.Claim`.
        title, source: what it is, and where it is from.

    Raises ValueError for an unknown law, and for what `Claim` refuses.
    """

    key: str
    estimate: Estimate
    directions: str
    bias: Any = None
    second_moment: Any = None
    assumptions: frozenset[str] = frozenset()
    conditions: tuple[Any, ...] = ()
    title: str = ""
    source: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.directions not in LAWS:
            raise ValueError(
                f"{self.key}: directions must be one of {LAWS}, got {self.directions!r}"
            )
        if not callable(self.estimate):
            raise ValueError(f"{self.key}: estimate must be a function of loss, x, u, nu")
        if not self.claims:
            raise ValueError(f"{self.key}: nothing is claimed; give bias or second_moment")

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What is claimed, as claims on one function at one point."""
        bias = own_symbol(
            "bias",
            "||E G - grad f^i||",
            measure=Moment(self.estimate, self.directions, "bias"),
            unit="f/x",
            latex=r"\|E\,G-\nabla f^i\|",
        )
        square = own_symbol(
            "second_moment",
            "E||G||^2",
            measure=Moment(self.estimate, self.directions, "second moment"),
            unit="f^2/x^2",
            latex=r"E\|G\|^2",
        )
        bounds = (("bias", bias, self.bias), ("second-moment", square, self.second_moment))
        return tuple(
            Claim(
                key=f"{self.key}.{name}",
                edition=OWN,
                title=f"{self.title or self.key}: {name.replace('-', ' ')}",
                lhs=symbol.symbol,
                relation="<=",
                rhs=sp.sympify(bound),
                scope="function",
                assumptions=frozenset(self.assumptions),
                conditions=tuple(self.conditions),
                source=self.source,
                own_symbols=(symbol,),
            )
            for name, symbol, bound in bounds
            if bound is not None
        )


def moment_of(subject: Claim) -> Moment | None:
    """What an estimator's claim is about; None for another claim."""
    measures = (symbol.measure for symbol in subject.own_symbols)
    return next((m for m in measures if isinstance(m, Moment)), None)
