"""How tight a one-step claim is over everything that its hypotheses say of a state.

lhs <= P - Q, P and Q the terms of the right-hand side with coefficients > 0 and < 0. The *factor*
of a claim is the least t with lhs + Q <= t P for all vectors, values and moments that satisfy the
axioms the claim's hypotheses allow and the interpolation conditions of its functions. t <= 1: the
claim is true at these parameters, and P could be smaller by 1 - t. t > 1: it does not follow.
A lower bound is the upper bound of the opposite.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy as sp
from flint import fmpq

from hdo.errors import InputError
from theory import Claim
from theory.notation import NOTATION, PARAMETERS, symbols
from theory.proofs.vectors import Level
from verify.worst.attained import Point, attained
from verify.worst.certificate import Certificate, certify
from verify.worst.known import TOLD, Told, matrices_known, reader, rows_known
from verify.worst.program import NotOptimalError, Program
from verify.worst.pruned import pruned
from verify.worst.rows import NotLinearError, Reader, Row

n, n0, n1, eta, nu, c, d, L, B, rho = symbols("n n0 n1 eta nu c d L B rho")

NEITHER_SIGN = frozenset(symbols("f_step drift mu_dot_m x_dot_m"))
"""Quantities that may be negative; any other scalar but a function's value is >= 0."""

UNKNOWN = frozenset(symbols("S_Z S_F vs0_sq vs1_sq s_sq"))
"""Parameters that are not given: the moments of A3 and A4."""

MEET = fmpq(1, 10**5)
"""Of t: how near what is certified and what is attained are to be."""

SAFE_SIDE = Fraction(1, 2**80)
"""Irrational coefficients are replaced by rational ones, this much of them on the safe side."""

Values = Mapping[sp.Symbol, sp.Rational]


@dataclass(frozen=True)
class Factor:
    """`t` is certified to be enough, by `certificate` of `program`.

    `attained`: exact inner products, of `allowing`, satisfy everything assumed and need so much;
    nothing below their ratio follows from what is assumed. None if none were found.
    """

    t: fmpq
    certificate: Certificate
    program: Program
    attained: Point | None
    allowing: Program | None


@dataclass(frozen=True)
class Constant:
    """What one term may be multiplied by, the others as they are, and the claim stays true.

    `theta` is certified: nothing below it (`least`), or above it, is claimed. `limit`: no multiple
    beyond it follows from what is assumed; None where no inner products were found that say so.
    """

    theta: fmpq
    limit: fmpq | None
    least: bool


def parameters(**numbers: Fraction | int) -> Values:
    """Values by symbol: n, n0, d, eta, ... as named; rho from n, and B from Lemma 1, unless given.

    Raises:
        InputError: a name that is no parameter.
    """
    known = {entry.name for entry in PARAMETERS}
    for name in numbers:
        if name not in known:
            raise InputError(name, numbers[name], "a parameter of the notation")
    table = {
        NOTATION[name].symbol: sp.Rational(value.numerator, value.denominator)
        for name, value in numbers.items()
    }
    if n in table:
        table.setdefault(rho, (table[n] - 2) / (2 * (table[n] - 1)) if table[n] % 2 == 0 else _HALF)
    if {n, n0, L, d, eta, c} <= set(table):
        # Lemma 1.4; rounded up, as B is any bound
        bias = n0 * eta / c * L / (2 * n) * (d + 3) ** sp.Rational(3, 2)
        table.setdefault(B, -_rounded_down(-bias.xreplace(table)))
    return table


_HALF = sp.Rational(1, 2)


def factor(subject: Claim, values: Values, *, both_sides: bool = True) -> Factor:
    """The certified factor of a one-step bound at these parameters.

    `values` gives every parameter the claim has but the moments of A3 and A4, which are unknowns.
    Without `both_sides` nothing is sought that attains it, and the first certificate is returned.

    Raises:
        NotOptimalError: no finite factor was certified.
        NotLinearError: the claim is no inequality between quantities of one state.
        InputError: a parameter is missing, or the claim's conditions exclude these.
    """
    _applies(subject, values)
    plus, minus = _signed(_upper(subject)[1], values)
    return _least(subject, values, _upper(subject)[0] + minus, plus, both_sides=both_sides)


def smallest_constant(subject: Claim, index: int, values: Values) -> Constant:
    """What `subject.terms[index]` may be multiplied by, at these parameters.

    The least number where the term helps the claim, the largest where it is part of what is
    claimed. Raises as `factor` does, and IndexError.
    """
    if not 0 <= index < len(subject.terms):
        raise IndexError(f"index must be >= 0 and < {len(subject.terms)}, got {index}")
    _applies(subject, values)
    lhs, _ = _upper(subject)
    side = 1 if subject.relation == "<=" else -1
    rest = sp.Add(*(t for i, t in enumerate(subject.terms) if i != index))
    plus, minus = _signed(side * rest, values)
    helping, claimed = _signed(side * subject.terms[index], values)
    if helping != 0 and claimed != 0:
        raise NotLinearError(f"term {index} of {subject.key} is of neither sign")
    least = claimed == 0
    found = _least(subject, values, lhs + minus - plus, helping + claimed)
    sign = 1 if least else -1
    limit = None if found.attained is None else sign * found.attained.ratio
    return Constant(sign * found.t, limit, least)


def _least(
    subject: Claim,
    values: Values,
    objective: sp.Expr,
    normalisation: sp.Expr,
    *,
    both_sides: bool = True,
) -> Factor:
    """The least certified t and the largest attained, in the first coordinates where they meet."""
    best: Factor | None = None
    failed: NotOptimalError | None = None
    for told in TOLD:
        program = claim_program(subject, values, objective, normalisation, told=told)
        try:
            certificate, found = certify(program)
        except NotOptimalError as error:
            failed = failed or error
            continue
        if not both_sides:
            return Factor(certificate.t, certificate, program, None, None)
        point = attained(program, found)
        made = Factor(certificate.t, certificate, program, point, program if point else None)
        best = made if best is None else _better(best, made)
        if best.attained is not None and best.t - best.attained.ratio <= MEET * abs(best.t):
            break
    if best is None:
        assert failed is not None
        raise failed
    return best


def _better(one: Factor, other: Factor) -> Factor:
    least = other if other.t < one.t else one
    held = [f for f in (one, other) if f.attained is not None]
    most = max(held, key=lambda f: f.attained.ratio if f.attained else fmpq(0), default=one)
    return replace(least, attained=most.attained, allowing=most.allowing)


def claim_program(
    subject: Claim,
    values: Values,
    objective: sp.Expr,
    normalisation: sp.Expr,
    *,
    told: Told = "plain",
) -> Program:
    """What is the most of `objective` in units of `normalisation`, under the claim's hypotheses."""
    read = reader(subject, values, told)
    inequalities = {
        name: row
        for name, known in rows_known(subject, read)
        if (row := read(_loosened(known, values))) and not _says_nothing(row)
    }
    matrices = {
        name: [[read(entry) for entry in line] for line in matrix]
        for name, matrix in matrices_known(subject).items()
    }
    rows = (read(objective), read(normalisation), *inequalities.values())
    unknown = {s for row in rows for s in row.scalars}
    program = Program(
        objective=rows[0],
        normalisation=rows[1],
        inequalities=inequalities,
        matrices=matrices,
        nonnegative=frozenset(s for s in unknown if not _either_sign(s)),
    )
    return pruned(program)


def _says_nothing(row: Row) -> bool:
    entries = (value for block in row.blocks.values() for value in block.values())
    return not any(value != 0 for value in (*entries, *row.scalars.values()))


def _either_sign(scalar: sp.Expr) -> bool:
    return isinstance(scalar, Level) or scalar in NEITHER_SIGN


def _applies(subject: Claim, values: Values) -> None:
    """Whether the claim speaks of these parameters, and is a bound on one step."""
    if subject.scope != "step" or subject.relation == "==":
        raise NotLinearError(
            f"{subject.key} {subject.edition} is no inequality between quantities of one step"
        )
    given = {entry.symbol for entry in PARAMETERS} - UNKNOWN - {n1, nu}
    missing = sorted(s.name for s in subject.free_symbols & given if s not in values)
    if missing:
        raise InputError(f"{subject.key} {subject.edition}", missing, "values of all parameters")
    for condition in subject.conditions:
        if settled(condition, values) != sp.true:
            raise InputError(
                f"{subject.key} {subject.edition}", str(condition), "parameters that satisfy it"
            )


def settled(expression: sp.Expr, values: Values) -> sp.Expr:
    """The expression at the parameters, without n1 and nu."""
    written = expression.subs({n1: n - n0, nu: eta / c})
    return written.subs(dict(values))


def _upper(subject: Claim) -> tuple[sp.Expr, sp.Expr]:
    """lhs <= rhs."""
    side = 1 if subject.relation == "<=" else -1
    return side * subject.lhs, side * subject.rhs


def _signed(rhs: sp.Expr, values: Values) -> tuple[sp.Expr, sp.Expr]:
    """P and Q at the parameters, irrational coefficients rounded so that P - Q only shrinks."""
    plus: list[sp.Expr] = []
    minus: list[sp.Expr] = []
    for number, quantity in _terms(rhs, values):
        exact = _rounded_down(number)
        (plus if exact >= 0 else minus).append(abs(exact) * quantity)
    return sp.Add(*plus), sp.Add(*minus)


def _loosened(known: sp.Expr, values: Values) -> sp.Expr:
    """What is >= 0 with its irrational coefficients of parameters rounded up: it only grows."""
    if not any(p.is_Pow and not p.exp.is_Integer for p in sp.preorder_traversal(known)):
        return known
    terms = _terms(known, values)
    return sp.Add(*(-_rounded_down(-number) * quantity for number, quantity in terms))


def _terms(total: sp.Expr, values: Values) -> Iterable[tuple[sp.Expr, sp.Expr]]:
    """Number and quantity of every term at the parameters."""
    for term in sp.Add.make_args(sp.expand(settled(total, values))):
        number, quantity = term.as_coeff_Mul() if term.free_symbols else (term, sp.Integer(1))
        plain = [f for f in sp.Mul.make_args(quantity) if f.is_number]
        yield number * sp.Mul(*plain), quantity / sp.Mul(*plain)


def _rounded_down(number: sp.Expr) -> sp.Rational:
    if number.is_Rational:
        return number
    near = sp.Rational(str(sp.N(number, 40)))
    return near - abs(near) * sp.Rational(SAFE_SIDE.numerator, SAFE_SIDE.denominator)


__all__ = [
    "Constant",
    "Factor",
    "NotLinearError",
    "Reader",
    "claim_program",
    "factor",
    "parameters",
    "settled",
    "smallest_constant",
]
