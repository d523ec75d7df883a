"""A user's file of claims, proofs and estimators: read, run once a process, and checked."""

import hashlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from hdo.errors import InputError
from theory import OWN, Beside, Claim, claims, standing_beside
from theory.proofs.proof import Proof
from verify.errors import OwnFileError, blaming
from verify.own.estimator import Estimator


@dataclass(frozen=True)
class Source:
    """A file as it was when it was read: the same in every process, whatever happens to it."""

    path: str
    text: bytes

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the path and of what the file holds."""
        return hashlib.sha256(self.path.encode() + b"\0" + self.text).hexdigest()

    @property
    def module(self) -> str:
        """A module name that no other file has."""
        return f"hdo_own_{self.digest[:16]}"


@dataclass(frozen=True)
class OwnFile:
    """What the file claims: its own claims, then those of its estimators; and proofs of some."""

    source: Source
    beside: Beside


def read_source(path: str | Path) -> Source:
    """The file; InputError where it cannot be read."""
    try:
        return Source(str(path), Path(path).read_bytes())
    except OSError as error:
        raise InputError(str(path), error.strerror, "a readable Python file") from None


@contextmanager
def standing(path: str | None) -> Iterator[OwnFile | None]:
    """Inside, the claims of the file at `path` stand beside the paper's; None changes nothing."""
    if path is None:
        yield None
        return
    own = load(read_source(path))
    with standing_beside(own.beside):
        yield own


@lru_cache(maxsize=8)
def load(source: Source) -> OwnFile:
    """Run the file and take its CLAIMS, PROOFS and ESTIMATORS, each of them optional but PROOFS.

    What it prints goes to standard error. Raises OwnFileError, one sentence that names the line
    where there is one.
    """
    module = _run(source)
    found = [_entries(source, module, name) for name in ("CLAIMS", "ESTIMATORS")]
    if found == [None, None]:
        raise OwnFileError(
            f"{source.path}: expected CLAIMS = [Claim(...), ...] or ESTIMATORS = "
            f"[Estimator(...), ...] at the top level, found neither"
        )
    own = tuple(_claims(source, found[0] or [], found[1] or []))
    if not own:
        raise OwnFileError(f"{source.path}: expected at least one claim or estimator, found none")
    _require_names(source, own)
    return OwnFile(source, Beside(source.path, own, _proofs(source, module, own)))


def _run(source: Source) -> ModuleType:
    module = ModuleType(source.module)
    module.__file__ = source.path
    try:
        code = compile(source.text, source.path, "exec")
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""
        raise OwnFileError(f"{source.path}{line}: no Python: {error.msg}") from None
    except ValueError as error:
        raise OwnFileError(f"{source.path}: no Python: {error}") from None
    sys.modules[source.module] = module
    with redirect_stdout(sys.stderr), blaming(source.path, "running the file"):
        exec(code, module.__dict__)
    return module


def _entries(source: Source, module: ModuleType, name: str) -> list[Any] | None:
    """The list of this name; None where the file has none."""
    if not hasattr(module, name):
        return None
    found = getattr(module, name)
    if not isinstance(found, list | tuple):
        raise OwnFileError(f"{source.path}: {name}: expected a list, got {type(found).__name__}")
    return list(found)


def _claims(source: Source, claimed: list[Any], estimators: list[Any]) -> Iterator[Claim]:
    for index, claim in enumerate(claimed):
        where = f"{source.path}: CLAIMS[{index}]"
        if not isinstance(claim, Claim):
            raise OwnFileError(f"{where}: expected a Claim, got {type(claim).__name__}")
        if claim.edition != OWN:
            raise OwnFileError(
                f"{where}: {claim.key}: edition must be {OWN!r}, got {claim.edition!r}"
            )
        yield claim
    for index, estimator in enumerate(estimators):
        if not isinstance(estimator, Estimator):
            where = f"{source.path}: ESTIMATORS[{index}]"
            raise OwnFileError(f"{where}: expected an Estimator, got {type(estimator).__name__}")
        yield from estimator.claims


def _require_names(source: Source, own: tuple[Claim, ...]) -> None:
    """Keys are new, and what a claim rests on is there."""
    paper = {claim.key for claim in claims() if claim.edition != OWN}
    keys = [claim.key for claim in own]
    for key in keys:
        if key in paper:
            raise OwnFileError(f"{source.path}: {key}: the paper has a claim of this key")
        if keys.count(key) > 1:
            raise OwnFileError(f"{source.path}: {key}: two claims have this key")
        if not key or key.split() != [key]:
            raise OwnFileError(f"{source.path}: {key!r}: a key is one word")
    for claim in own:
        for below in claim.depends_on:
            if below not in paper and below not in keys:
                raise OwnFileError(
                    f"{source.path}: {claim.key}: depends_on: no claim has the key {below!r}"
                )


def _proofs(source: Source, module: ModuleType, own: tuple[Claim, ...]) -> tuple[Proof, ...]:
    found = getattr(module, "PROOFS", {})
    if not isinstance(found, Mapping):
        kind = type(found).__name__
        raise OwnFileError(f"{source.path}: PROOFS: expected {{key: Proof}}, got {kind}")
    keys = {claim.key for claim in own}
    for key, proof in found.items():
        where = f"{source.path}: PROOFS[{key!r}]"
        if key not in keys:
            raise OwnFileError(f"{where}: no claim of this file has this key")
        if not isinstance(proof, Proof):
            raise OwnFileError(f"{where}: expected a Proof, got {type(proof).__name__}")
        if (proof.key, proof.edition) != (key, OWN):
            named = f"{proof.key!r} ({proof.edition})"
            raise OwnFileError(f"{where}: expected a proof of {key!r} ({OWN}), got one of {named}")
    return tuple(found.values())
