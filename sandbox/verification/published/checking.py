"""What is published held against what runs, and against what consumers know."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.verification.diff.changes import SEVERITIES, Change
from sandbox.verification.published.contract import Contract, Kind
from sandbox.verification.published.index import Entry, Index, State
from sandbox.verification.published.previous import Previous, numbers_of
from sandbox.verification.published.versions import Step, needed

_WRITE = "sandbox contracts published --write"
_RELEASE = "sandbox contracts published --release"


@dataclass(frozen=True, slots=True)
class Checked:
    """A contract with what the index says of it (None: nothing), and what is wrong.

    `previous` is the version that consumers know, None where they know none; `changes` what has changed since.
    """

    contract: Contract
    entry: Entry | None
    previous: str | None = None
    changes: tuple[Change, ...] = ()
    findings: tuple[str, ...] = ()
    unreleased: bool = False

    @property
    def may_be_released(self) -> bool:
        """Whether nothing is wrong with it but that it was never released."""
        return self.entry is not None and len(self.findings) == int(self.unreleased)


def check(running: Sequence[Contract], index: Index, folder: Path, previous: Previous) -> list[Checked]:
    """Check every contract that runs, in the index's order. Raises InputError for a broken document."""
    ranks = {(entry.kind, entry.name): rank for rank, entry in enumerate(index.contracts)}
    order = sorted(running, key=lambda one: ranks.get((one.kind, one.name), len(ranks)))
    return [_checked(contract, index.of(contract.kind, contract.name), folder, previous) for contract in order]


def unspoken(running: Sequence[Contract], index: Index) -> list[Entry]:
    """Entries that say that somebody speaks a contract, and nobody does."""
    spoken = {(contract.kind, contract.name) for contract in running}
    return [one for one in index.contracts if one.is_current and (one.kind, one.name) not in spoken]


def _checked(contract: Contract, entry: Entry | None, folder: Path, previous: Previous) -> Checked:
    if entry is None:
        return Checked(contract, None, findings=(f"is not in the index: {_WRITE}",))
    findings = [*_published(contract, entry, folder), *_deprecated(contract, entry)]
    known = previous(contract.kind, contract.name)
    if known is None:
        is_missing = entry.state is not State.DRAFT
        if is_missing:
            findings.append(f"is {entry.state.value}, and no version of it was released: {_RELEASE}")
        return Checked(contract, entry, findings=tuple(findings), unreleased=is_missing)
    version, step, changes = needed(contract, known)
    if entry.state is not State.DRAFT:
        findings += _versioned(contract, version, step, changes)
    return Checked(contract, entry, version, changes, tuple(findings))


def _published(contract: Contract, entry: Entry, folder: Path) -> Iterator[str]:
    if entry.version != contract.version:
        yield f"is {contract.version} in the code, and {entry.version} in the index: {_WRITE}"
    path = folder / contract.path
    if not path.is_file():
        yield f"has no {contract.path}: {_WRITE}"
    elif json.loads(path.read_text(encoding="utf-8")) != json.loads(contract.text()):
        yield f"runs otherwise than {contract.path} says: {_WRITE}"


def _versioned(contract: Contract, version: str, step: Step, changes: Sequence[Change]) -> Iterator[str]:
    lowest = step.from_version(version)
    if step is Step.NONE or numbers_of(contract.version) >= numbers_of(lowest):
        return
    told = f"changed, its version did not ({version})"
    if contract.version != version:
        told = f"went from {version} to {contract.version}, which is not enough"
    yield f"{told}: {_counted(changes)}, so it needs {lowest}"


def _counted(changes: Sequence[Change]) -> str:
    counts = {severity: sum(change.severity is severity for change in changes) for severity in SEVERITIES}
    told = ", ".join(f"{count} {severity.value}" for severity, count in counts.items() if count)
    return f"{told} change{'s' if len(changes) > 1 else ''}" if told else "other words"


def _deprecated(contract: Contract, entry: Entry) -> Iterator[str]:
    """A deprecated API says so at each operation: that is what tools and the systems' own headers go by."""
    if contract.kind is not Kind.OPENAPI or entry.state is not State.DEPRECATED:
        return
    silent = [name for name, operation in _operations(contract.document) if not operation.get("deprecated")]
    if silent:
        yield f"is deprecated, and {len(silent)} of its operations do not say so: {', '.join(silent[:3])}"


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for operations in document["paths"].values():
        for method, operation in operations.items():
            yield operation.get("operationId", method), operation
