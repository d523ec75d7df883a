"""What an exact check must refuse: each way in which a certificate can lie, by itself."""

from collections.abc import Mapping, Sequence

import pytest
import sympy as sp
from flint import fmpq

from verify.worst.certificate import Certificate, certify, proves
from verify.worst.program import Program
from verify.worst.rows import MEANS, Row

s, free = sp.symbols("s free")


def square(value: int, name: str = "u") -> Row:
    """value ||u||^2."""
    return Row(blocks={MEANS: {(name, name): fmpq(value)}})


def program(
    objective: Row,
    inequalities: Mapping[str, Row] | None = None,
    matrices: Mapping[str, Sequence[Sequence[Row]]] | None = None,
) -> Program:
    """Maximise the objective where ||u||^2 + 1 = 1."""
    norm = Row(blocks={MEANS: {("u", "u"): fmpq(1)}}, constant=fmpq(1))
    return Program(objective, norm, inequalities or {}, matrices or {}, frozenset({s}))


def claimed(
    t: fmpq | int,
    multipliers: Mapping[str, fmpq] | None = None,
    matrices: Mapping[str, tuple[tuple[fmpq, ...], ...]] | None = None,
) -> Certificate:
    """A certificate of t."""
    return Certificate(fmpq(t), multipliers or {}, matrices or {})


HALF = fmpq(1, 2)


@pytest.mark.parametrize(
    ("given", "ok", "lie"),
    [
        pytest.param(program(square(1)), claimed(1), claimed(HALF), id="a form"),
        pytest.param(program(Row(constant=fmpq(1))), claimed(1), claimed(HALF), id="the constant"),
        pytest.param(
            # s >= 0 is bounded by nothing: -s/2 is
            program(Row(scalars={s: fmpq(-1, 2)})),
            claimed(0),
            None,
            id="a nonnegative scalar's own sign",
        ),
        pytest.param(
            program(Row(scalars={s: HALF})), None, claimed(9), id="a scalar that is in the way"
        ),
        pytest.param(
            program(Row(scalars={free: fmpq(-1, 2)})), None, claimed(9), id="a free scalar left"
        ),
        pytest.param(
            # ||u||^2 <= 1 would follow from a negative multiple of -||u||^2 + 3 >= 0
            program(square(2), {"k": Row(blocks={MEANS: {("u", "u"): fmpq(1)}})}),
            claimed(2, {"k": fmpq(0)}),
            claimed(fmpq(3, 2), {"k": fmpq(-1, 2)}),
            id="a negative multiplier",
        ),
        pytest.param(
            program(Row(scalars={free: fmpq(1)}), {"k": Row(scalars={free: fmpq(-1)})}),
            claimed(0, {"k": fmpq(1)}),
            claimed(0, {"k": HALF}),
            id="a free scalar that does not cancel",
        ),
    ],
)
def test_a_lie_is_refused(given: Program, ok: Certificate | None, lie: Certificate | None) -> None:
    """The honest certificate beside it holds."""
    assert ok is None or proves(ok, given)
    assert lie is None or not proves(lie, given)


MATRIX = {"M": [[square(-1), Row()], [Row(), Row(constant=fmpq(1))]]}
"""diag(-||u||^2, 1) >= 0: it says ||u||^2 <= 0."""


def matrix(a: int, b: int, c: int) -> dict[str, tuple[tuple[fmpq, ...], ...]]:
    """The multiplier [[a, b], [b, c]]."""
    return {"M": ((fmpq(a), fmpq(b)), (fmpq(b), fmpq(c)))}


def test_a_matrix_counts_with_its_sign_and_whole() -> None:
    """3 ||u||^2 <= t (||u||^2 + 1) for t = 1 by twice what the matrix says; not by less of it."""
    given = program(square(3), matrices=MATRIX)
    assert proves(claimed(1, matrices=matrix(2, 0, 0)), given)
    assert not proves(claimed(1, matrices=matrix(1, 0, 0)), given)
    assert not proves(claimed(1), given)
    # multipliers that are not semidefinite
    assert not proves(claimed(1, matrices=matrix(2, 3, 1)), given)
    assert not proves(claimed(fmpq(1, 2), matrices=matrix(3, 0, -1)), given)


def test_an_off_diagonal_entry_counts_twice() -> None:
    """[[1, v], [v, u^2]] >= 0 with v = 1 - u^2, times [[1, -1], [-1, 1]]: 3 u^2 - 1.

    So 3 u^2 <= t (u^2 + 1) takes t = 6; counted once, the entry would give 5.
    """
    v = Row(blocks={MEANS: {("u", "u"): fmpq(-1)}}, constant=fmpq(1))
    given = program(square(3), matrices={"M": [[Row(constant=fmpq(1)), v], [v, square(1)]]})
    assert proves(claimed(6, matrices=matrix(1, -1, 1)), given)
    assert not proves(claimed(5, matrices=matrix(1, -1, 1)), given)


def test_a_matrix_is_used_by_the_search() -> None:
    """certify finds t = 0 where only the matrix says that u = 0."""
    certificate, found = certify(program(square(3), matrices=MATRIX))
    assert 0 <= float(certificate.t) < 1e-5
    assert found.matrices["M"].shape == (2, 2)


def test_free_scalars_cancel_exactly_after_rounding() -> None:
    """Two rows share two free scalars with coefficients that are no floats."""
    other = sp.Symbol("other")
    third = fmpq(1, 3)
    rows = {
        "a": Row(scalars={free: third, other: fmpq(1)}, blocks=square(-1).blocks),
        "b": Row(scalars={free: fmpq(-1, 7), other: fmpq(-2, 5)}),
        "c": Row(scalars={other: fmpq(-1, 11)}, constant=fmpq(1, 9)),
        "d": Row(scalars={other: fmpq(1, 13)}, constant=fmpq(1)),
    }
    given = program(Row(scalars={free: fmpq(2, 3)}, blocks=square(-1).blocks), rows)
    certificate, _ = certify(given)
    assert proves(certificate, given)


def test_products_that_are_not_there_are_zero() -> None:
    """(||u||^2 + ||v||^2)/2 needs no <u, v>; 2 <u, v> <= t ||v||^2 lacks a ||u||^2."""
    norm = Row(blocks={MEANS: {("u", "u"): fmpq(1), ("v", "v"): fmpq(1)}})
    assert proves(claimed(HALF), Program(Row(), norm, {}))
    crossed = Row(blocks={MEANS: {("u", "v"): fmpq(1), ("v", "u"): fmpq(1)}})
    assert not proves(claimed(9), Program(crossed, square(1, "v"), {}))
    assert proves(claimed(1), Program(crossed, norm, {}))
