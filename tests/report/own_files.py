"""Files of a user's own for the tests, and a small audit of them in this process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import Answered, hdo

from report import judging, own
from verify import audit, bank
from verify.audit import run_audit
from verify.bank import Profile
from verify.own import sampled

Audited = Callable[..., Answered]

PARTS = ("quadratic", "quadratic-own", "cosine")
"""Of the bank: the kinds that the examples need."""

HEAD = """import sympy as sp; from functools import reduce
from theory import Claim, own_symbol, symbols
from theory.proofs.proof import Proof
from verify.own import Estimator
n, eta, Gamma, Gamma_next, M_G = symbols("n eta Gamma Gamma_next M_G")
def claim(key="mine", **more):
    given = {"edition": "own", "title": "t", "lhs": Gamma_next, "relation": "<=",
             "rhs": Gamma * (1 - 1 / (2 * n)) + 4 * eta**2 * M_G / n, "scope": "step"}
    return Claim(key=key, **(given | more))
"""
TRUE = HEAD + "CLAIMS = [claim()]\n"
FALSE = HEAD + "CLAIMS = [claim(rhs=Gamma / 4)]\n"


SAMPLED = """
from hdo.ring import sign
from theory import symbols
from verify.own import Estimator
d, L, nu, grad_x_sq = symbols("d L nu grad_x_sq")
def signed(loss, x, u, nu):
    return sign(loss(x + nu * u) - loss(x)) * u
ESTIMATORS = [Estimator(key="sign", estimate=signed, directions="gaussian", bias=0,
                        second_moment=2 * d, assumptions=frozenset({"quadratic"}))]
"""

OWN_SYMBOL = (
    HEAD
    + """
def widest(state):
    return reduce(lambda a, b: a.max(b), (state.away * state.away).sum(axis=1))
top = own_symbol("Gamma_max", "max_i ||X^i - mu||^2", measure=widest, unit="x^2")
CLAIMS = [claim("mean-below-max", lhs=Gamma, rhs=top.symbol, own_symbols=(top,)),
          claim("max-below-mean", lhs=top.symbol, rhs=Gamma, own_symbols=(top,)),
          claim("max-below-sum", lhs=top.symbol, rhs=n * Gamma, own_symbols=(top,))]
"""
)


def small_audits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Audited:
    """The answer of a small audit of a file, or of a text as `mine.py`, in this process."""
    tiny = Profile(8, 1, 0, False, 1, 40, 40, 5)
    monkeypatch.setattr(audit, "PROFILES", {"smoke": tiny})
    monkeypatch.setattr(audit, "parts", lambda profile: PARTS)
    monkeypatch.setattr(bank, "parts", lambda profile: PARTS)
    monkeypatch.setattr(sampled, "LOOKS", (512, 8192))
    monkeypatch.setattr(own, "run_audit", small(workers=1))
    monkeypatch.setattr(judging, "run_audit", small(workers=1))

    def run(file: str | Path, *arguments: str) -> Answered:
        if isinstance(file, str):
            (tmp_path / "mine.py").write_text(file)
            file = tmp_path / "mine.py"
        return hdo(capsys, "audit", str(file), "--out", str(tmp_path / "out"), *arguments)

    return run


def small(**options: Any) -> Any:
    """`run_audit` at its smallest."""

    def run(*, profile: str, **given: Any) -> Any:
        del profile
        return run_audit(profile="smoke", **{**given, **options})

    return run
