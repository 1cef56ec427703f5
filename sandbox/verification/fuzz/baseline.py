"""Known findings: what is wrong, and accepted for now, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from sandbox.verification.fuzz.findings import FuzzFinding
from sandbox.whole_files import write_whole
from sandbox.yaml_files import Problem, read_yaml

_UNJUDGED: Final = "found on {day}; nobody has judged it yet"
_HEAD: Final = "# Known findings of `sandbox contracts fuzz`: docs/contracts/fuzz.md\n"


class KnownFinding(BaseModel):
    """One entry. `id`, `check` and `operation` are the finding's; from `expires` on it counts for nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern="^[0-9a-f]{12}$", description="the finding's id")]
    check: str
    operation: str
    reason: Annotated[str, Field(min_length=1, description="why it is accepted for now")]
    ticket: str | None = None
    expires: date | None = Field(default=None, description="the first day on which it counts for nothing, 2027-01-31")


class BaselineFile(BaseModel):
    """The file: `findings`, a list of entries."""

    model_config = ConfigDict(extra="forbid")

    findings: list[KnownFinding] = []


class Baseline:
    """The entries of a file as of a day."""

    def __init__(self, entries: Iterable[KnownFinding], today: date) -> None:
        self._entries = {entry.id: entry for entry in entries}
        self.today = today

    def marked(self, finding: FuzzFinding) -> FuzzFinding:
        """The finding, marked as known where an entry that has not expired says so."""
        entry = self._entries.get(finding.id)
        if entry is None or self._is_expired(entry):
            return finding
        return finding.model_copy(update={"known": True, "reason": entry.reason, "ticket": entry.ticket})

    def expired(self) -> list[KnownFinding]:
        """Entries that count for nothing any more."""
        return [entry for entry in self._entries.values() if self._is_expired(entry)]

    def unmatched(self, found: Iterable[str], tested: Iterable[str]) -> list[KnownFinding]:
        """Entries of operations that were tested, and that no finding (`found`: ids) fits any more."""
        ids, operations = set(found), set(tested)
        return [one for one in self._entries.values() if one.id not in ids and one.operation in operations]

    def updated(self, findings: Mapping[str, FuzzFinding], tested: Iterable[str]) -> list[KnownFinding]:
        """The entries to keep: those that still fit or were not tested, and one for each new finding."""
        gone = {entry.id for entry in self.unmatched(findings, tested)}
        kept = [entry for entry in self._entries.values() if entry.id not in gone and not self._is_expired(entry)]
        known = {entry.id for entry in kept}
        reason = _UNJUDGED.format(day=self.today.isoformat())
        new = [
            KnownFinding(id=one.id, check=one.check, operation=one.operation, reason=reason)
            for one in findings.values()
            if one.id not in known
        ]
        return sorted([*kept, *new], key=lambda entry: (entry.operation, entry.check, entry.id))

    def _is_expired(self, entry: KnownFinding) -> bool:
        return entry.expires is not None and entry.expires <= self.today


def read_baseline(path: Path | None, today: date) -> Baseline:
    """The baseline in a file; an empty one for None. Raises InputError with file, line and field."""
    if path is None:
        return Baseline((), today)
    source = read_yaml(path)
    source.require_keys("it needs 'findings', a list that may be empty")
    file = source.validated(BaselineFile)
    seen: set[str] = set()
    problems = []
    for index, entry in enumerate(file.findings):
        if entry.id in seen:
            problems.append(Problem(("findings", index, "id"), f"{entry.id} is there twice"))
        seen.add(entry.id)
    source.refuse(problems)
    return Baseline(file.findings, today)


def write_baseline(path: Path, entries: Iterable[KnownFinding]) -> None:
    """Write a file of these entries in place of what was there."""
    rows = [entry.model_dump(exclude_none=True) for entry in entries]
    text = StringIO()
    yaml = YAML()
    yaml.width = 120
    yaml.dump({"findings": rows}, text)
    write_whole(path, _HEAD + text.getvalue())
