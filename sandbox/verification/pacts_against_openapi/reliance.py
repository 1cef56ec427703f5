"""How much of an example a pact relies on, by its matching rules: the exact value, a pattern, or its type alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

Path = tuple[str | int, ...]
_TOKEN = re.compile(r"\.([^.\[\]]+)|\['([^']*)'\]|\[\"([^\"]*)\"\]|\[(\d+|\*)\]")
_EXACT = ("equality",)
_PATTERNS = ("regex", "include", "semver", "date", "time", "timestamp", "datetime")
_ANY_KEYS = ("values", "eachkey", "eachvalue")


class Reliance(IntEnum):
    """What of a value the consumer relies on, least first."""

    TYPE = 0
    PATTERN = 1
    EXACT = 2


@dataclass(frozen=True, slots=True)
class _Rule:
    path: Path
    kind: str


class Rules:
    """Matching rules of a body. A rule for a type holds for all that is below it, until another is nearer."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._rules = [_Rule(path, kind) for path, kind in _of_body(told)]

    def reliance(self, path: Path) -> Reliance:
        """What is relied on at a place in the body."""
        kinds = self._nearest(path)
        if not kinds or any(kind in _EXACT for kind in kinds):
            return Reliance.EXACT
        return Reliance.PATTERN if any(kind in _PATTERNS for kind in kinds) else Reliance.TYPE

    def any_keys(self, path: Path) -> bool:
        """Whether the keys of an object are an example, as those of a map are."""
        return any(rule.kind in _ANY_KEYS and _covers(rule.path, path) == len(path) for rule in self._rules)

    def wants(self, path: Path) -> set[str]:
        """The kinds of the rules that are nearest to a place."""
        return set(self._nearest(path))

    def _nearest(self, path: Path) -> list[str]:
        reach = [(_covers(rule.path, path), len([p for p in rule.path if p != "*"]), rule) for rule in self._rules]
        there = [one for one in reach if one[0] is not None and (one[0] == len(path) or one[2].kind not in _EXACT)]
        if not there:
            return []
        best = max((depth or 0, exact) for depth, exact, _ in there)
        return [rule.kind for depth, exact, rule in there if (depth, exact) == best]


def _covers(rule: Path, path: Path) -> int | None:
    """How deep a rule's path reaches along `path`; None where it is about something else."""
    if len(rule) > len(path):
        return None
    return len(rule) if all(one in ("*", other) for one, other in zip(rule, path, strict=False)) else None


def _of_body(told: Mapping[str, Any]) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    body = told.get("body")
    if isinstance(body, Mapping):
        for path, rule in body.items():
            for one in rule.get("matchers", []) if isinstance(rule, Mapping) else []:
                found.append((_parsed(path), str(one.get("match", "type")).lower()))
    for path, rule in told.items():  # specification 2 has them flat
        if path.startswith("$.body") and isinstance(rule, Mapping):
            found.append((_parsed("$" + path[len("$.body") :]), str(rule.get("match", "type")).lower()))
    return found


def _parsed(path: str) -> Path:
    found: list[str | int] = []
    for dotted, single, double, index in _TOKEN.findall(path[1:] if path.startswith("$") else path):
        found.append(int(index) if index.isdigit() else index or dotted or single or double)
    return tuple(found)
