"""Collects changes: what several operations share is one change that hits them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sandbox.verification.diff.changes import Change, Direction, Place, Severity
from sandbox.verification.diff.rules.table import BY_NAME
from sandbox.verification.diff.schemas.pairs import Reached, SchemaPairs
from sandbox.verification.diff.schemas.view import Schema
from sandbox.verification.documents.document import Node

_INSIDE: Final = {"request-body": "request-property", "response-body": "response-property"}
_Key = tuple[str, Direction, str, Place | None, Place | None]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a comparison stands: the direction, the operation's title, and what of it (`response-body` for instance).

    `subject` begins the subjects of findings, as `query status` does for a parameter.
    """

    direction: Direction
    operation: str
    site: str = ""
    subject: str = ""


@dataclass(slots=True)
class _Shown:
    """One change: how bad it is, and the operations and subjects at which it shows."""

    severity: Severity
    places: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Findings:
    """The changes found so far. `overrides` are severities that the user sets for rule ids."""

    pairs: Mapping[Direction, SchemaPairs]
    overrides: Mapping[str, Severity] = field(default_factory=dict)
    _changes: dict[_Key, _Shown] = field(default_factory=dict)
    # By difference (which its pair of schemas keeps), direction and site: many operations come to the same one.
    _shown: dict[tuple[int, Direction, str], _Shown] = field(default_factory=dict)

    def add(self, rule: str, spot: Spot, text: str, old: Node | None, new: Node | None) -> None:
        """Note a change by its rule's name."""
        self._change(rule, spot, spot.site, text, old, new).places.append((spot.operation, spot.subject))

    def schemas(self, spot: Spot, old: Schema, new: Schema, textual: bool = False) -> None:
        """Compare two schemas, and note what differs in them."""
        for reached in self.pairs[spot.direction].reached(old, new, textual):
            self._schema(spot, reached)

    @property
    def broken(self) -> bool:
        """Whether one of the changes so far breaks somebody."""
        return any(shown.severity is Severity.BREAKING for shown in self._changes.values())

    def changes(self) -> list[Change]:
        """All changes, each with the operations that it hits."""
        return list(self.places())

    def places(self) -> dict[Change, tuple[tuple[str, str], ...]]:
        """All changes, each with the operations and subjects at which it shows, as they belong together."""
        found = {}
        for (rule, direction, text, old, new), shown in self._changes.items():
            operations, subjects = (_once(names) for names in zip(*shown.places, strict=True))
            change = Change(rule, shown.severity, direction, text, subjects, old, new, operations)
            found[change] = tuple(dict.fromkeys(shown.places))
        return found

    def _schema(self, spot: Spot, reached: Reached) -> None:
        difference = reached.difference
        inside = reached.path or difference.below
        site = _INSIDE.get(spot.site, f"{spot.site}-property") if inside else spot.site
        key = id(difference), spot.direction, site
        if (shown := self._shown.get(key)) is None:
            told = difference.rule, spot, site, difference.text, difference.old, difference.new
            shown = self._shown[key] = self._change(*told)
        subject = "/".join(part for part in (spot.subject, reached.subject) if part)
        shown.places.append((spot.operation, subject))

    def _change(self, name: str, spot: Spot, site: str, text: str, old: Node | None, new: Node | None) -> _Shown:
        rule = BY_NAME[name]
        rule_id = rule.ids.get("") or rule.ids[site]
        severity = self.overrides.get(rule_id) or rule.severity(spot.direction)
        return self._changes.setdefault((rule_id, spot.direction, text, _place(old), _place(new)), _Shown(severity))


def _place(node: Node | None) -> Place | None:
    return None if node is None else Place(node.document.file, node.json_pointer, node.line)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, names)))
