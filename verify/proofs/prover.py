"""Which claims are proved: every proof on record, and what it uses, checked from scratch."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from theory import OWN, Beside, Claim, beside, claim
from theory.proofs.axioms import AXIOMS
from theory.proofs.proof import Axiom, Proof, Source, Summed, Use
from theory.published.proofs import proofs as published
from theory.repaired.proofs import proofs as repaired
from theory.sharp import proofs as sharp
from theory.sharp.identity_proofs import identity_proofs as identities
from verify.errors import blaming
from verify.proofs.check import Checked, Name, check, named


def all_proofs() -> dict[Name, Proof]:
    """Every proof by the (key, edition) of its claim: the paper's, and those that stand beside."""
    return _of_paper() | {(p.key, p.edition): p for p in beside().proofs}


@cache
def _of_paper() -> dict[Name, Proof]:
    return {(p.key, p.edition): p for p in (*published(), *repaired(), *identities(), *sharp())}


def proof_of(subject: Claim) -> Proof | None:
    """The proof on record, checked or not; None without one."""
    return all_proofs().get((subject.key, subject.edition))


def prove(subject: Claim) -> Checked | None:
    """The outcome of a claim's proof, with those of the claims that it uses; None without one.

    A claim that is used on the way to its own proof is not proved.
    """
    name = (subject.key, subject.edition)
    if name not in all_proofs() or claim(*name) != subject:
        return None
    if subject.edition != OWN:
        return _prover()(*name)
    with blaming(beside().origin, f"checking the proof of {subject.key}"):
        return _prover()(*name)


def all_checked() -> Mapping[Name, Checked]:
    """Every proof on record, checked; accepted or not."""
    for name in all_proofs():
        _prover()(*name)
    return _prover().checked


def _prover() -> "Prover":
    """The one that remembers what is checked in this process, for what stands beside."""
    return _remembering(beside())


@lru_cache(maxsize=4)
def _remembering(own: Beside) -> "Prover":
    del own
    return Prover(all_proofs())


class Prover:
    """Checks proofs, those that others use first."""

    def __init__(self, proofs: dict[Name, Proof]) -> None:
        self.proofs = proofs
        self.checked: dict[Name, Checked] = {}
        self._waiting: list[Name] = []

    def __call__(self, key: str, edition: str) -> Checked | None:
        """Check the proof of this claim, if there is one, after those of the claims it uses."""
        name = (key, edition)
        if name not in self.checked and name in self.proofs and name not in self._waiting:
            self._waiting.append(name)
            for used in _uses(self.proofs[name]):
                self(*used)
            self._waiting.pop()
            self.checked[name] = check(self.proofs[name], proved=self.checked)
        return self.checked.get(name)


def _uses(proof: Proof) -> Iterator[Name]:
    for step in proof.steps:
        for _, source in step.using:
            yield from _names(source)


def _names(source: Source) -> Sequence[Name]:
    if isinstance(source, Summed):
        source = source.use
    if isinstance(source, Use):
        return [(source.key, source.edition)]
    if isinstance(source, Axiom):
        return named(AXIOMS[source.name](*source.arguments).rests_on)
    return []
