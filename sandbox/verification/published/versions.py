"""Which version a changed contract needs: breaking changes a major one, other changes a minor, words a patch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sandbox.verification.diff.changes import Change, Direction, Severity
from sandbox.verification.diff.comparison import BOTH, compare
from sandbox.verification.documents.document import load_document
from sandbox.verification.published.contract import Contract, Kind, version_of
from sandbox.verification.published.previous import numbers_of


class Step(IntEnum):
    """How far a version has to go up, at least."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def from_version(self, version: str) -> str:
        """The lowest version that is this much above `version`."""
        major, minor, patch = (*numbers_of(version), 0, 0, 0)[:3]
        if self is Step.MAJOR:
            return f"{major + 1}.0.0"
        if self is Step.MINOR:
            return f"{major}.{minor + 1}.0"
        return f"{major}.{minor}.{patch + 1}" if self is Step.PATCH else version


def needed(contract: Contract, previous: Path) -> tuple[str, Step, tuple[Change, ...]]:
    """The previous version, how far up the contract's has to be from there, and what has changed.

    Raises InputError where the previous document is broken.
    """
    old = load_document(str(previous.resolve()), str(previous)).data
    version = version_of(contract.kind, old)
    if _unversioned(contract.kind, old) == _unversioned(contract.kind, _plain(contract.document)):
        return version, Step.NONE, ()
    with TemporaryDirectory(prefix="contract-") as made:
        new = Path(made) / contract.path.name
        new.write_text(contract.text())
        ways = (Direction.RESPONSE,) if contract.kind is Kind.EVENT else BOTH
        found = compare(str(previous), str(new), directions=ways)
    # That the version is the same is what is told here, in words of its own.
    changes = tuple(change for change in found.changes if change.rule != "api-version-not-bumped")
    if any(change.severity is Severity.BREAKING for change in changes):
        return version, Step.MAJOR, changes
    return version, Step.MINOR if changes else Step.PATCH, changes


def _plain(document: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(document))


def _unversioned(kind: Kind, document: Any) -> Any:
    """The document without its own version; in an event's envelope it stands again in `dataschema`."""
    if kind is Kind.EVENT:
        version = version_of(kind, document)
        return json.loads(json.dumps({**document, "$id": ""}).replace(f":{version}#", ":#"))
    return {**document, "info": {**document["info"], "version": ""}}
