"""Matchings and graphs: the trusted definitions and axioms against all meetings, the evidence."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy as sp
from populations import Floats, after, matchings, pairs

from hdo import Population
from hdo.interactions_graphs import Graph
from hdo.problems import QuadraticProblem
from theory import Claim, claim
from theory.notation import symbol, symbols
from theory.proofs.axioms import AXIOMS
from theory.proofs.definitions import definitions
from theory.proofs.proof import Axiom, Proof, Step, Use
from theory.proofs.vectors import Dotted, GroupSum, Met, Own, Total, met
from verify.balls import balls
from verify.errors import NotExact
from verify.hypotheses import unmet
from verify.instance import Instance
from verify.meetings import edges_of, law_numbers, unequal
from verify.onestep import measure_step
from verify.onestep.meetings import along_edges, matched_by_enumeration, matched_by_partners
from verify.onestep.pairs import Before
from verify.proofs.check import DEFAULT_RANGES, MEETING_RANGES, check
from verify.proofs.prover import all_checked, all_proofs
from verify.proofs.signs import Region

GRAPHS = {"ring": 5, "torus": 9, "random-regular": 6, "expander": 7}
"""Names of graphs in which agents are alike, with numbers of agents."""
n, eta, rho, gap = symbols("n eta rho gap")
ETA = 0.3


def edges(kind: str, agents: int) -> list[tuple[int, int]]:
    """The edges of a named graph."""
    found = edges_of(Graph(kind), agents)
    assert found is not None
    return [(int(i), int(j)) for i, j in found]


def numbers(interaction: str, agents: int, kind: str = "ring") -> dict[sp.Symbol, float]:
    """n, eta and the law's parameter."""
    graph = Graph(kind) if interaction == "graph" else None
    found = law_numbers(interaction, graph, agents)
    known = {symbol(name): float(value) for name, value in found.items()}
    return {n: float(agents), symbol("n0"): agents // 2, eta: ETA, **known}


class State:
    """Random vectors of every family, for agents in two groups."""

    def __init__(self, agents: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.n, self.d = agents, 2
        self.groups = (range(agents // 2), range(agents // 2, agents))
        self.X = rng.normal(size=(agents, 2))
        self.variance = rng.uniform(size=agents)
        m, h, y = rng.normal(size=(agents, 2)), rng.normal(size=(agents, 2)), rng.normal(size=2)
        self.families: dict[str, Floats] = {"x": self.X - self.X.mean(axis=0), "m": m, "h": h}
        self.y = y

    def atom(self, atom: sp.Expr, met_edges: list[tuple[int, int]]) -> float:
        """The number that an atom stands for."""
        if isinstance(atom, Own):
            a, b = (self.families[str(name)] for name in atom.args[:2])
            own = list(self.groups[int(atom.args[2])])
            return float((a[own] * b[own]).sum())
        if isinstance(atom, Met):
            a, b = (self.families[str(name)] for name in atom.args)
            return float(np.mean([(a[i] - a[j]) @ (b[i] - b[j]) for i, j in met_edges]))
        if isinstance(atom, Total):
            own = list(self.groups[int(atom.args[1])])
            return float((self.variance + (self.families["m"] ** 2).sum(axis=1))[own].sum())
        left, right = (self._vector(part) for part in atom.args)
        return float(left @ right)

    def _vector(self, part: sp.Expr) -> Floats:
        if isinstance(part, GroupSum):
            own = list(self.groups[int(part.args[1])])
            return np.asarray(self.families[str(part.args[0])][own].sum(axis=0))
        assert str(part) == "y"
        return self.y

    def value(
        self, expression: sp.Expr, known: dict[sp.Symbol, float], met_edges: list[tuple[int, int]]
    ) -> float:
        """An expression in atoms and parameters."""
        atoms = expression.atoms(Own, Met, Total, Dotted)
        at = {atom: self.atom(atom, met_edges) for atom in atoms}
        return float(expression.xreplace(at).xreplace(known))


CASES = [
    *(("matching", "ring", size) for size in (2, 3, 4, 5, 6, 7)),
    *(("graph", "ring", size) for size in (2, 3, 4, 6)),
    *(("graph", kind, size) for kind, size in GRAPHS.items()),
]


@pytest.mark.parametrize(("interaction", "kind", "size"), CASES)
def test_definitions_of_a_step_are_the_means_over_all_meetings(
    interaction: str, kind: str, size: int
) -> None:
    """Gamma', the step of the mean, the distance and the drift, from X' = W (X - eta D G)."""
    state = State(size, seed=size)
    chosen = edges(kind, size)
    rounds = matchings(size) if interaction == "matching" else pairs(size, chosen)
    m, h = state.families["m"], state.families["h"].mean(axis=0)
    drift, moved, spread = after(rounds, state.X, m, state.variance, ETA)
    table, known = definitions(interaction), numbers(interaction, size, kind)
    expected = {
        "Gamma_next": spread,
        "mu_step_sq": moved,
        "a_sq_next": state.y @ state.y + 2 * state.y @ drift + moved,
        "drift": h @ drift,
    }
    if interaction == "graph":
        expected["pair_sq"] = moved * size**2 / ETA**2
    for name, value in expected.items():
        found = state.value(table[symbol(name)], known, chosen)
        assert found == pytest.approx(value, rel=1e-9, abs=1e-12), name


@pytest.mark.parametrize(("kind", "size"), GRAPHS.items())
def test_the_spectral_gap_is_an_axiom_that_holds_and_no_more(kind: str, size: int) -> None:
    """For any combination of families; with a gap a hundredth larger it fails somewhere."""
    parts = (("x", sp.Integer(1)), ("m", -eta))
    axiom = AXIOMS["spectral_gap"](*parts).expression
    most = AXIOMS["edges_at_most"]("m").expression
    known, chosen = numbers("graph", size, kind), edges(kind, size)
    for seed in range(20):
        state = State(size, seed)
        assert state.value(axiom, known, chosen) >= -1e-9
        assert state.value(most, known, chosen) >= -1e-9
    laplacian = np.zeros((size, size))
    for i, j in chosen:
        laplacian[np.ix_([i, j], [i, j])] += np.array([[1, -1], [-1, 1]]) / len(chosen)
    values, vectors = np.linalg.eigh(laplacian)
    assert known[gap] == pytest.approx(values[1] / 2, rel=1e-9)
    slow = State(size, 0)
    slow.families["x"], slow.families["m"] = np.outer(vectors[:, 1], [1, 1]), 0 * slow.X
    assert state.value(axiom, known, chosen) >= -1e-9
    assert slow.value(axiom, {**known, gap: 1.01 * known[gap]}, chosen) < -1e-6


def test_gaps_are_those_of_the_text() -> None:
    """A cycle has (1 - cos(2 pi/n))/n, one edge 1; a star's agents are not alike."""
    for size in (2, 3, 7, 40):
        exact = (1 - np.cos(2 * np.pi / size)) / size if size > 2 else 1.0
        assert numbers("graph", size)[gap] == pytest.approx(exact, rel=1e-12)
    star = edges_of(Graph("star"), 4)
    assert star is not None
    assert unequal(star, 4) == "agents 1 and 0 are in 1 and 3 edges"


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6, 7])
def test_evidence_of_one_step_is_the_mean_over_all_meetings(size: int) -> None:
    """Matchings by enumeration and by partners, a ring edge by edge."""
    state = State(size, seed=size)
    second = state.variance + (state.families["m"] ** 2).sum(axis=1)
    step = balls([ETA])[0]
    X, m, second = (balls(part) for part in (state.X, state.families["m"], second))
    start = Before(X, m, second, step, balls(state.X.mean(axis=0) - state.y))
    chosen = edges("ring", size)
    for found, rounds in (
        (matched_by_enumeration(start), matchings(size)),
        (matched_by_partners(start), matchings(size)),
        (along_edges(start, chosen), pairs(size, chosen)),
    ):
        drift, moved, spread = after(rounds, state.X, state.families["m"], state.variance, ETA)
        assert float(found.Gamma_next) == pytest.approx(spread, rel=1e-12)
        assert float(found.mu_step_sq) == pytest.approx(moved, rel=1e-12)
        assert found.mean_step.astype(float) == pytest.approx(drift, rel=1e-12, abs=1e-14)
        distance = state.y @ state.y + 2 * state.y @ drift + moved
        assert found.a_sq_next is not None
        assert float(found.a_sq_next) == pytest.approx(distance, rel=1e-12)


@pytest.mark.parametrize("size", [2, 3, 4, 9])
@pytest.mark.parametrize("interaction", ["matching", "graph"])
def test_the_objectives_step_is_the_mean_over_all_meetings(interaction: str, size: int) -> None:
    """f(mu') - f(mu) of a quadratic with additive noise, first-order agents."""
    rng = np.random.default_rng(size)
    curvature = np.tile([1.0, 3.0], (size, 1))
    problem = QuadraticProblem(
        population=Population(("first-order",) * size),
        curvatures=curvature,
        centres=rng.normal(size=(size, 2)),
        noise=0.5,
    )
    X, chosen = rng.normal(size=(size, 2)), edges("ring", size)
    found = measure_step(
        problem, problem.population, X, eta=ETA, nu=1.0, interaction=interaction, edges=chosen
    )
    g, mu = curvature * (X - problem.centres), X.mean(axis=0)
    acting = [range(size)] if interaction == "matching" else chosen
    gradient, expected = curvature[0] * (mu - problem.centres.mean(axis=0)), 0.0
    for who in acting:
        step = -ETA * g[list(who)].sum(axis=0) / size
        noise = ETA**2 * len(who) * 0.25 * curvature[0].sum() / size**2
        expected += (gradient @ step + (step**2) @ curvature[0] / 2 + noise / 2) / len(acting)
    assert float(found["f_step"]) == pytest.approx(expected, rel=1e-9)


def test_what_a_law_has_no_evidence_for_is_said() -> None:
    """No two agents step alone in a matching; a graph needs its edges, alike for all agents."""
    problem = QuadraticProblem(
        population=Population(("first-order",) * 4),
        curvatures=np.ones((4, 1)),
        centres=np.zeros((4, 1)),
    )
    known: dict[str, Any] = {"eta": 0.1, "nu": 1.0}
    X, who = np.ones((4, 1)), problem.population
    with pytest.raises(NotExact, match="no two agents"):
        measure_step(problem, who, X, interaction="matching", **known)["pair_sq"]
    with pytest.raises(NotExact, match="is not measured"):
        measure_step(problem, who, X, interaction="graph", **known)["Gamma_next"]
    star = measure_step(problem, who, X, interaction="graph", edges=edges("star", 4), **known)
    with pytest.raises(NotExact, match="equally often"):
        star["f_step"]


def instance(**method: Any) -> Instance:
    """Four agents on a quadratic."""
    centres = [[0.0], [1.0], [2.0], [3.0]]
    return Instance.from_dict(
        {
            "problem": {"kind": "quadratic", "curvature": [1.0], "centres": centres},
            "population": {"zeroth_order": 2, "first_order": 2},
            "method": {"step_size": 1e-3, "smoothing": 0.1, **method},
            "state": {"models": centres},
        }
    )


def test_a_claim_speaks_of_its_own_meetings_only() -> None:
    """A pair is no matching, a matching no graph, and a star is not regular."""
    ring = {"interaction": "graph", "graph": "ring"}
    matching, graph = claim("consensus.matching"), claim("consensus.graph")
    assert unmet(matching, instance(interaction="matching")) is None
    assert unmet(graph, instance(**ring)) is None
    assert "must be 'matching'" in str(unmet(matching, instance()))
    assert "must be 'graph'" in str(unmet(graph, instance(interaction="matching")))
    assert "equally often" in str(unmet(graph, instance(**{**ring, "graph": "star"})))
    assert "meeting_loss" in str(unmet(graph, instance(**ring, meeting_loss=0.5)))
    assert "must be 'pair'" in str(unmet(claim("consensus"), instance(**ring)))


def outcome(key: str, *using: tuple[Any, Any], subject: Claim | None = None) -> str:
    """Of a proof of one step with these sources beside those on record."""
    proof, subject = all_proofs()[key, "sharp"], subject or claim(key, "sharp")
    *first, last = proof.steps
    known = tuple((sp.sympify(factor), source) for factor, source in using)
    last = replace(last, using=(*last.using, *known), larger=subject.rhs, smaller=subject.lhs)
    changed = replace(proof, steps=(*first, last))
    return check(changed, proved=all_checked(), subject=subject).outcome


def test_a_proof_may_not_use_another_laws_axioms_and_claims() -> None:
    """The spectral gap says nothing of a pair, the pair's recursion nothing of a matching."""
    spectral = Axiom("spectral_gap", (("m", sp.Integer(1)),))
    assert outcome("consensus.graph") == outcome("consensus.matching") == "accepted"
    assert outcome("consensus.matching", (0, spectral)) != "accepted"
    assert outcome("consensus", (0, spectral)) != "accepted"
    assert outcome("consensus.matching", (0, Use("consensus", "sharp"))) != "accepted"
    assert outcome("consensus", (0, Use("consensus.graph", "sharp"))) != "accepted"
    as_pair = replace(claim("consensus.matching", "sharp"), interaction="pair")
    assert outcome("consensus.matching", subject=as_pair) != "accepted"


def test_the_form_over_edges_must_be_semidefinite() -> None:
    """E||x_i - x_j||^2 is >= 0, less than 0 is not, and a cross term by itself is of any sign."""
    subject = claim("consensus.graph", "sharp")
    none = sp.Integer(0)
    forms = {
        met("x", "x"): True,
        -met("x", "x"): False,
        met("x", "m"): False,
        met("x", "x") + met("m", "m") - 2 * met("m", "x"): True,
        met("x", "x") + met("m", "m") - 3 * met("m", "x"): False,
    }
    for form, stands in forms.items():
        found = check(Proof(subject.key, "sharp", (Step("form", form, none),)), subject=subject)
        assert (found.reason == "the last step is not the claim") == stands, form


@pytest.mark.parametrize("key", ["consensus.graph", "distance.graph.forward-gradient"])
def test_without_the_spectral_gap_nothing_is_proved(key: str) -> None:
    """The edges' form is bounded by the gap alone."""
    proof = all_proofs()[key, "sharp"]
    *first, last = proof.steps
    kept = [
        (factor, source)
        for factor, source in last.using
        if not (isinstance(source, Axiom) and source.name == "spectral_gap")
    ]
    changed = replace(proof, steps=(*first, replace(last, using=tuple(kept))))
    assert check(changed, proved=all_checked()).outcome != "accepted"


def test_a_denominator_below_0_everywhere_divides_and_one_that_changes_sign_does_not() -> None:
    """1/(rho - 1) is defined for rho <= 1/2, 1/(rho - 1/4) and 1/(rho - 1/2) are not."""
    region = Region((*DEFAULT_RANGES, *MEETING_RANGES["matching"]))
    for end, defined in ((sp.Integer(1), True), (sp.Rational(1, 4), False), (sp.S.Half, False)):
        assert region.defined(1 / (rho - end)) == defined
    assert not region.defined(1 / sp.sqrt(rho - 1))
