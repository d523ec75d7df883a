"""How tight a one-step claim is over everything that its hypotheses say of a state.

lhs <= P - Q, P and Q the terms of the right-hand side with coefficients > 0 and < 0. The *factor*
of a claim is the least t with lhs + Q <= t P for all vectors, values and moments that satisfy the
axioms the claim's hypotheses allow and the interpolation conditions of its functions. t <= 1: the
claim is true at these parameters, and P could be smaller by 1 - t. t > 1: it does not follow.
"""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy as sp
from flint import fmpq

from theory import Claim
from theory.notation import symbols
from theory.proofs.axioms import AXIOMS
from theory.proofs.definitions import over, y
from theory.proofs.vectors import GROUPS, Level, inner, member, total
from theory.sharp.mixing import mixing
from verify.share import EITHER_SIGN, sides
from verify.worst.certificate import Certificate, certify
from verify.worst.classes import ZERO, Point, smooth_convex
from verify.worst.presolve import needed
from verify.worst.program import Program
from verify.worst.rows import NotLinearError, Reader, Row, is_unknown

n, n0, L, l, eta, c, d, B = symbols("n n0 L l eta c d B")  # noqa: E741
e, rho = symbols("e rho")
vs_sq = symbols("vs0_sq vs1_sq")

SERIES = frozenset(
    {
        "longer_gap_sum",
        "longer_weight_sum",
        "longer_gradient_sum",
        "average_point",
        "squared_sum",
        "one",
    }
)
"""Axioms that say nothing about one state."""

BELOW = fmpq(1, 2**80)
"""Irrational coefficients are replaced by rational ones, this much of them on the safe side."""


@dataclass(frozen=True)
class Factor:
    """`t` is certified; `certificate` says by what."""

    t: fmpq
    certificate: Certificate
    program: Program


def factor(subject: Claim, values: Mapping[sp.Symbol, sp.Rational]) -> Factor:
    """The certified factor of a one-step upper bound at these parameters.

    `values` gives n, n0, L, eta, and l, d, rv, c, alpha0, alpha1 where the claim has them; the
    moments of A3 and A4 and the bias B are unknowns.

    Raises:
        NotOptimalError: no finite factor was certified.
        NotLinearError: the claim is no inequality between quantities of one state.
    """
    program = claim_program(subject, values)
    certificate, _ = certify(program)
    return Factor(certificate.t, certificate, program)


def smallest(subject: Claim, index: int, values: Mapping[sp.Symbol, sp.Rational]) -> Factor:
    """The least multiple of one term of the right-hand side that the claim can do with.

    The certified least t for which the claim with `subject.terms[index]` times t follows, all other
    terms as they are; the errors are those of `factor`.
    """
    term = subject.terms[index]
    values = {**values, **_law(subject, values)}
    read, known = _reader(subject, values), _settled(values)
    rest = sp.expand((subject.lhs - subject.rhs + term).xreplace(known))
    program = _program(subject, read, rest, sp.expand(term.xreplace(known)))
    certificate, _ = certify(program)
    return Factor(certificate.t, certificate, program)


def claim_program(subject: Claim, values: Mapping[sp.Symbol, sp.Rational]) -> Program:
    """The program whose value is the factor."""
    values = {**values, **_law(subject, values)}
    if subject.scope != "step" or subject.relation != "<=" or subject.interaction == "graph":
        raise NotLinearError(f"{subject.key} is no upper bound on one step that all meetings share")
    return _program(subject, _reader(subject, values), *_signed(subject, values))


def _program(subject: Claim, read: Reader, used: sp.Expr, available: sp.Expr) -> Program:
    objective, normalisation = read(used), read(available)
    known = dict(_readable(subject, read))
    scalars = {s for row in (objective, normalisation, *known.values()) for s in row.scalars}
    nonnegative = frozenset(s for s in scalars if not _either_sign(s))
    return Program(
        objective=objective,
        normalisation=normalisation,
        inequalities=needed([objective, normalisation], known, nonnegative),
        nonnegative=nonnegative,
    )


def _settled(values: Mapping[sp.Symbol, sp.Rational]) -> Mapping[sp.Symbol, sp.Rational]:
    """The values with n1 and nu."""
    n1, nu = symbols("n1 nu")
    found = {**values, n1: values[n] - values[n0]}
    return {**found, nu: values[eta] / values[c]} if c in values else found


def _either_sign(scalar: sp.Expr) -> bool:
    """Values, and quantities that may be negative; squares, second moments and gaps are >= 0."""
    return isinstance(scalar, Level) or scalar in EITHER_SIGN


def _law(
    subject: Claim, values: Mapping[sp.Symbol, sp.Rational]
) -> Mapping[sp.Symbol, sp.Rational]:
    """What the interaction gives: rho of a uniformly random matching."""
    if subject.interaction != "matching":
        return {}
    return {rho: mixing("matching", int(values[n])).rho.xreplace({n: values[n]})}


def _reader(subject: Claim, values: Mapping[sp.Symbol, sp.Rational]) -> Reader:
    vectors: dict[tuple[str, int], Mapping[str, sp.Expr]] = {}
    same = {"g": sp.Integer(1)}
    if "A4" in subject.assumptions and subject.estimator != "any":
        vectors["m", 1] = same
    if subject.estimator == "forward-gradient":
        vectors["m", 0] = same
    gaps = [Level(sp.Symbol("f_mu"), g) - Level(sp.Symbol("f_star"), g) for g in GROUPS]
    scalars = {e: sum(gaps) / n} if "convex" in subject.assumptions else {}
    return Reader(values, vectors, scalars, subject.interaction)


def _signed(subject: Claim, values: Mapping[sp.Symbol, sp.Rational]) -> tuple[sp.Expr, sp.Expr]:
    """(lhs + Q, P) at the parameters, irrational coefficients rounded so that it is harder.

    Products of unknowns, as B Gamma in Lemma 13, are left out of P, which makes it harder too.
    """
    known = {str(symbol.name): value for symbol, value in _settled(values).items()}
    read = sides(subject, known)
    used = (-_rounded_down(-number) * rest for number, rest in _terms(read.used))
    available = (
        _rounded_down(number) * rest
        for number, rest in _terms(read.available)
        if rest == 1 or is_unknown(rest)
    )
    return sp.Add(*used), sp.Add(*available)


def _terms(side: sp.Expr) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    for term in sp.Add.make_args(side):
        yield term.as_independent(*term.free_symbols, as_Add=False)


def _rounded_down(number: sp.Expr) -> sp.Rational:
    if number.is_Rational:
        return sp.Rational(number)
    near = sp.Rational(str(sp.N(number, 40)))
    return near - abs(near) * sp.Rational(int(BELOW.p), int(BELOW.q))


def _readable(subject: Claim, read: Reader) -> Iterator[tuple[str, Row]]:
    """What is known as rows; without what is not linear in what one state is told by."""
    for name, known in _known(subject, read):
        try:
            yield name, read(known)
        except NotLinearError:
            continue


def _known(subject: Claim, read: Reader) -> Iterator[tuple[str, sp.Expr]]:
    """Everything >= 0 that the hypotheses allow, by name."""
    allowed = subject.assumptions | {subject.estimator, subject.interaction}
    for name, arguments, known in _axioms():
        if known.assumptions <= allowed:
            group = arguments[0] if arguments else None
            if group is None or read.sizes[group]:
                yield " ".join(map(str, (name, *arguments))), known.expression
    if "A2" in subject.assumptions:
        for group in GROUPS:
            if read.sizes[group]:
                yield from _interpolated(group, convex="convex" in subject.assumptions)
    if {"A3", "convex"} <= subject.assumptions:
        for group in GROUPS:
            k = member("k", group)
            size = read.sizes[group]
            yield f"A3 at x*, group {group}", size * vs_sq[group] - over(group, k, k)
        yield "x* is the minimiser", -inner(total("k"), total("k"))


@cache
def _axioms() -> tuple[tuple[str, tuple[int, ...], Any], ...]:
    """Every axiom on one state with every group."""
    found = []
    for name, axiom in AXIOMS.items():
        names = tuple(inspect.signature(axiom).parameters)
        if name in SERIES or names not in ((), ("group",)):
            continue
        for arguments in ((),) if not names else ((0,), (1,)):
            found.append((name, arguments, axiom(*arguments)))
    return tuple(found)


def _interpolated(group: int, *, convex: bool) -> Iterator[tuple[str, sp.Expr]]:
    """Of f^i at X_i, at mu, and where f is convex at x*."""
    x, g, h, k = (member(name, group) for name in "xghk")
    points = [Point("X", x + y, g, "f_X"), Point("mu", y, h, "f_mu")]
    if not convex:
        yield from smooth_convex(group, points, L, -L)
        return
    yield from smooth_convex(group, [*points, Point("x*", ZERO, k, "f_star")], L, l)
