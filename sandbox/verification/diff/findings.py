"""Collects changes: what several operations share is one change that hits them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.verification.diff.changes import Change, Direction, Place, Severity
from sandbox.verification.diff.rules.table import BY_NAME
from sandbox.verification.diff.schemas.pairs import Reached, SchemaPairs
from sandbox.verification.diff.schemas.view import Schema
from sandbox.verification.documents.document import Node

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
class Findings:
    """The changes found so far. `overrides` are severities that the user sets for rule ids."""

    pairs: Mapping[Direction, SchemaPairs]
    overrides: Mapping[str, Severity] = field(default_factory=dict)
    _changes: dict[_Key, tuple[Severity, list[str], list[str]]] = field(default_factory=dict)
    _places: dict[_Key, list[tuple[str, str]]] = field(default_factory=dict)

    def add(self, rule: str, spot: Spot, text: str, old: Node | None, new: Node | None) -> None:
        """Note a change by its rule's name."""
        self._note(rule, spot, text, spot.subject, old, new)

    def schemas(self, spot: Spot, old: Schema, new: Schema, textual: bool = False) -> None:
        """Compare two schemas, and note what differs in them."""
        for reached in self.pairs[spot.direction].reached(old, new, textual):
            self._schema(spot, reached)

    def changes(self) -> list[Change]:
        """All changes, each with the operations that it hits."""
        return list(self.places())

    def places(self) -> dict[Change, tuple[tuple[str, str], ...]]:
        """All changes, each with the operations and subjects at which it shows, as they belong together."""
        return {
            Change(rule, severity, direction, text, _once(subjects), old, new, _once(operations)): tuple(
                dict.fromkeys(self._places[rule, direction, text, old, new])
            )
            for (rule, direction, text, old, new), (severity, subjects, operations) in self._changes.items()
        }

    def _schema(self, spot: Spot, reached: Reached) -> None:
        difference = reached.difference
        inside = reached.path or difference.below
        site = spot.site
        if inside:
            site = {"request-body": "request-property", "response-body": "response-property"}.get(
                site, f"{site}-property"
            )
        subject = "/".join(part for part in (spot.subject, reached.subject) if part)
        at = Spot(spot.direction, spot.operation, site, spot.subject)
        self._note(difference.rule, at, difference.text, subject, difference.old, difference.new)

    def _note(self, name: str, spot: Spot, text: str, subject: str, old: Node | None, new: Node | None) -> None:
        rule = BY_NAME[name]
        rule_id = rule.ids.get("") or rule.ids[spot.site]
        severity = self.overrides.get(rule_id) or rule.severity(spot.direction)
        key = (rule_id, spot.direction, text, _place(old), _place(new))
        _, subjects, operations = self._changes.setdefault(key, (severity, [], []))
        self._places.setdefault(key, []).append((spot.operation, subject))
        if subject:
            subjects.append(subject)
        if spot.operation:
            operations.append(spot.operation)


def _place(node: Node | None) -> Place | None:
    return None if node is None else Place(node.document.file, node.json_pointer, node.line)


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
