"""Bodies against schemas: what is sent has to be valid; of what is read, the schema has to promise as much."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sandbox.verification.diff.changes import Severity
from sandbox.verification.diff.schemas.view import Schema, View
from sandbox.verification.diff.schemas.views import Views
from sandbox.verification.documents.document import Node
from sandbox.verification.pacts_against_openapi.reliance import Path, Reliance, Rules
from sandbox.verification.pacts_against_openapi.values import Doubt, doubts, shown, types_of

_NOTES = ("contentEncoding", "contentMediaType", "contentSchema")


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that does not fit: rule, severity, place in the body, words, the value and what is declared."""

    rule: str
    severity: Severity
    path: Path
    text: str
    value: Node
    declared: Node | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a body this is. `known` are fields that are declared beside the schema, by what it is a variant of."""

    path: Path = ()
    known: frozenset[str] = frozenset()


class Fitting:
    """Holds values against schemas. `rules` are those of what is read; None for what is sent.

    `unjudged` gets the keywords that are not understood here: what they say of a value was not tested.
    """

    def __init__(self, views: Views, rules: Rules | None, unjudged: Callable[[Node], None]) -> None:
        self._views, self._rules, self._unjudged = views, rules, unjudged

    def marks(self, value: Node, schema: Schema, at: Place = Place()) -> Iterator[Mark]:
        """Everything that does not fit."""
        view = self._views.of(schema)
        reliance = self._rules.reliance(at.path) if self._rules else Reliance.EXACT
        for doubt in doubts(value.value, view):
            yield self._doubted(doubt, value, at, reliance)
        for keyword, node in view.further.items():
            if keyword not in _NOTES:
                self._unjudged(node)
        if self._rules is not None and value.value is not None:
            yield from self._other_types(value, view, at, reliance)
        if isinstance(value.value, dict):
            yield from self._object(value, view, at)
        elif isinstance(value.value, list):
            yield from self._array(value, view, at)
        if view.variants:
            yield from self._variants(value, view, at)

    def _doubted(self, doubt: Doubt, value: Node, at: Place, reliance: Reliance) -> Mark:
        reading = self._rules is not None
        sure = not reading or doubt.kind or reliance is not Reliance.TYPE
        severity = Severity.BREAKING if sure else Severity.DANGEROUS
        return Mark("response-value" if reading else "request-value", severity, at.path, doubt.text, value, doubt.node)

    def _other_types(self, value: Node, view: View, at: Place, reliance: Reliance) -> Iterator[Mark]:
        """What else may come than what the pact has as its example."""
        others = set(view.types or ()) - types_of(value.value)
        wants = self._rules.wants(at.path) if self._rules else set()
        if "integer" in wants and "number" in others | set(view.types or ()) and "integer" not in (view.types or ()):
            others.add("number")
        elif types_of(value.value) & (view.types or frozenset()) >= {"number"} or "integer" in others:
            others -= {"number", "integer"}
        if view.nullable:
            others.add("null")
        if others and types_of(value.value) & (view.types or types_of(value.value)):
            told = f"it may be {' or '.join(sorted(others))}, and {shown(value.value)} is relied on"
            yield self._mark("response-may-be-other", Severity.DANGEROUS, at.path, told, value, view.source("type"))

    def _object(self, value: Node, view: View, at: Place) -> Iterator[Mark]:
        for name, below in value.entries():
            path = (*at.path, name)
            schema = self._declared(view, name)
            if schema is not None:
                yield from self._field(name, below, view, schema, path)
            elif name not in at.known and not self._of_variant(view, name):
                yield from self._undeclared(name, below, view, at, path)
        if self._rules is None:
            for name, node in view.required.items():
                if name not in value.value and not self._set_by_provider(view, name):
                    told = f"{name!r} is required and not sent"
                    yield self._mark("request-field-missing", Severity.BREAKING, (*at.path, name), told, value, node)

    def _field(self, name: str, below: Node, view: View, schema: Schema, path: Path) -> Iterator[Mark]:
        declared = self._views.of(schema)
        node = declared.nodes[0] if declared.nodes else None
        if self._rules is None:
            if declared.read_only:
                told = "it is read-only"
                yield self._mark("request-field-read-only", Severity.DANGEROUS, path, told, below, node)
        elif declared.write_only:
            yield self._mark("response-field-write-only", Severity.BREAKING, path, "it is write-only", below, node)
        elif name not in view.required and not self._rules.any_keys(path[:-1]):
            told = "it is declared and not required, so it may be missing"
            yield self._mark("response-field-optional", Severity.DANGEROUS, path, told, below, node)
        yield from self.marks(below, schema, Place(path))

    def _undeclared(self, name: str, below: Node, view: View, at: Place, path: Path) -> Iterator[Mark]:
        if self._rules is not None and self._rules.any_keys(at.path) and not view.closed:
            return
        free = not view.properties and not view.variants and not view.closed
        if self._rules is None:
            if free:
                return
            severity = Severity.BREAKING if view.closed else Severity.DANGEROUS
            told = "it is not declared, and nothing else is allowed" if view.closed else "it is not declared"
            rule = "request-field-undeclared"
        else:
            severity = Severity.DANGEROUS if free else Severity.BREAKING
            told = "the schema says nothing of the fields" if free else f"no field {name!r} is declared"
            rule = "response-field-undeclared"
        yield self._mark(rule, severity, path, told, below, view.source("properties", "additionalProperties"))

    def _array(self, value: Node, view: View, at: Place) -> Iterator[Mark]:
        for index, below in enumerate(value.each()):
            own = view.entries[index : index + 1]
            schema: Schema | None = (own[0],) if own else view.items
            if schema is not None:
                yield from self.marks(below, schema, Place((*at.path, index)))

    def _variants(self, value: Node, view: View, at: Place) -> Iterator[Mark]:
        """The marks of the variant that fits best; those of one that fits are but what it leaves open."""
        known = at.known | frozenset(view.properties)
        tried = [list(self.marks(value, (one.node,), Place(at.path, known))) for one in view.variants]
        broken = [sum(mark.severity is Severity.BREAKING for mark in marks) for marks in tried]
        best = min(range(len(tried)), key=lambda index: (broken[index], len(tried[index])))
        yield from tried[best]

    def _declared(self, view: View, name: str) -> Schema | None:
        if name in view.properties:
            return view.properties[name]
        for pattern, schema in view.by_pattern.items():
            if re.search(pattern, name):
                return schema
        return view.additional or None

    def _of_variant(self, view: View, name: str, depth: int = 6) -> bool:
        """Whether some variant declares a field: then the variants are asked, not the schema beside them."""
        inner = [self._views.of((one.node,)) for one in view.variants] if depth else []
        return any(
            self._declared(one, name) is not None or self._of_variant(one, name, depth - 1) for one in inner
        )  # fmt: skip

    def _set_by_provider(self, view: View, name: str) -> bool:
        return name in view.properties and self._views.of(view.properties[name]).read_only

    def _mark(self, rule: str, severity: Severity, path: Path, text: str, value: Node, declared: Node | None) -> Mark:
        return Mark(rule, severity, path, text, value, declared)
