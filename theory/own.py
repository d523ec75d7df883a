"""Quantities that a user's claim brings with it, beside those of the notation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from theory.notation import DOMAINS, NOTATION, Notation
from theory.units import require_unit


@dataclass(frozen=True)
class OwnSymbol(Notation):
    """A symbol of a claim's own; `measure(state)` gives its value at one state as a ball."""

    measure: Callable[[Any], Any]


def own_symbol(
    name: str,
    meaning: str,
    *,
    measure: Callable[[Any], Any],
    domain: str = "real >= 0",
    unit: str = "1",
    latex: str | None = None,
) -> OwnSymbol:
    """A new symbol: what it means, which values it takes, its unit, how a state decides it.

    `measure` is given a `verify.onestep.state.State` and computes with its balls.

    Raises:
        ValueError: a name of the notation, an unknown domain, or what is no unit or no function.
    """
    if not name.isidentifier():
        raise ValueError(f"own symbol: name must be an identifier, got {name!r}")
    if name in NOTATION:
        raise ValueError(
            f"own symbol {name}: the notation has this name ({NOTATION[name].meaning}); "
            f"choose another"
        )
    if domain not in DOMAINS:
        raise ValueError(
            f"own symbol {name}: domain must be one of {list(DOMAINS)}, got {domain!r}"
        )
    if not callable(measure):
        raise ValueError(f"own symbol {name}: measure must be a function of a state")
    require_unit(unit)
    made = sp.Symbol(name, **DOMAINS[domain])
    return OwnSymbol(made, meaning, domain, unit, latex or str(sp.latex(made)), measure)
