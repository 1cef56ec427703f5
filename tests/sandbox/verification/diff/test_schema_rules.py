"""Each rule of schemas on a pair that differs in that alone, in both directions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.verification.diff.changes import Direction
from sandbox.verification.diff.rules.composed import COMPOSED_RULES
from sandbox.verification.diff.rules.objects import OBJECT_RULES
from sandbox.verification.diff.rules.table import BY_ID
from sandbox.verification.diff.rules.values import VALUE_RULES
from tests.sandbox.verification.diff.pairs import compared

TEXT, WHOLE, LIST = {"type": "string"}, {"type": "integer"}, {"type": "array", "items": {"type": "string"}}
OPEN = {"type": "object", "properties": {"a": TEXT}}
BOTH_PROPERTIES = {"type": "object", "properties": {"a": TEXT, "b": TEXT}}
CAT = {"title": "Cat", "type": "object", "properties": {"claws": WHOLE}, "required": ["claws"]}
DOG = {"title": "Dog", "type": "object", "properties": {"barks": TEXT}, "required": ["barks"]}
PETS = {"oneOf": [CAT, DOG]}
SHORT, LONG = ({"title": "Short", **TEXT, "maxLength": 3}, {"title": "Long", **TEXT, "minLength": 4})


def prop(**marks: Any) -> dict[str, Any]:
    """An object whose property `a` has marks."""
    return {"type": "object", "properties": {"a": {**TEXT, **marks}}}


def told_by(name: str, **mapping: str) -> dict[str, Any]:
    """A choice with a discriminator, and the variants where mappings find them."""
    choice = {"oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}]}
    discriminator = {"propertyName": name, "mapping": {key: f"#/$defs/{value}" for key, value in mapping.items()}}
    return {**choice, "discriminator": discriminator, "$defs": {"Cat": CAT, "Dog": DOG}}


def bounds(slug: str, keyword: str, kind: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """The four rules of a bound."""
    low, high = {**kind, keyword: 3}, {**kind, keyword: 5}
    return [
        (f"{slug}-decreased", high, low),
        (f"{slug}-increased", low, high),
        (f"{slug}-set", kind, low),
        (f"{slug}-unset", low, kind),
    ]


# Rule, old, new: turned round, what is safe in one direction breaks the other.
CASES: list[tuple[str, Any, Any]] = [
    ("type-changed", TEXT, WHOLE),
    ("type-changed", {**TEXT, "format": "date"}, {**TEXT, "format": "date-time"}),
    ("type-generalized", WHOLE, {"type": "number"}),
    ("type-generalized", {**WHOLE, "format": "int32"}, {**WHOLE, "format": "int64"}),
    ("type-specialized", {"type": ["string", "integer"]}, TEXT),
    ("type-specialized", TEXT, {**TEXT, "format": "date"}),
    ("type-specialized", {**WHOLE, "format": "int64"}, {**WHOLE, "format": "int32"}),
    ("became-nullable", TEXT, {"type": ["string", "null"]}),
    ("became-not-nullable", {"anyOf": [TEXT, {"type": "null"}]}, TEXT),
    ("enum-value-added", {"enum": ["a"]}, {"enum": ["a", "b"]}),
    ("enum-value-removed", {"enum": ["a", "b"]}, {"enum": ["a"]}),
    ("extensible-enum-value-added", {"x-extensible-enum": ["a"]}, {"x-extensible-enum": ["a", "b"]}),
    ("extensible-enum-value-removed", {"x-extensible-enum": ["a", "b"]}, {"x-extensible-enum": ["a"]}),
    ("became-enum", TEXT, {**TEXT, "enum": ["a"]}),
    ("enum-unset", {**TEXT, "const": "a"}, TEXT),
    *bounds("max", "maximum", WHOLE),
    *bounds("min", "minimum", WHOLE),
    *bounds("max-length", "maxLength", TEXT),
    *bounds("min-length", "minLength", TEXT),
    *bounds("max-items", "maxItems", LIST),
    *bounds("min-items", "minItems", LIST),
    *bounds("max-properties", "maxProperties", {"type": "object"}),
    *bounds("min-properties", "minProperties", {"type": "object"}),
    ("pattern-added", TEXT, {**TEXT, "pattern": "^[A-Z]+$"}),
    ("pattern-removed", {**TEXT, "pattern": "^[A-Z]+$"}, TEXT),
    ("pattern-changed", {**TEXT, "pattern": "^(?P<broken$"}, {**TEXT, "pattern": "^[A-Z]+$"}),
    ("pattern-replaced", {**TEXT, "pattern": "^[A-Z]+$"}, {**TEXT, "pattern": "^[0-9]+$"}),
    ("pattern-generalized", {**TEXT, "pattern": "^[0-9]+$"}, {**TEXT, "pattern": "^[0-9]*$"}),
    ("pattern-specialized", {**TEXT, "pattern": "^[0-9]{1,9}$"}, {**TEXT, "pattern": "^[0-9]{1,5}$"}),
    ("unique-items-set", LIST, {**LIST, "uniqueItems": True}),
    ("unique-items-unset", {**LIST, "uniqueItems": True}, LIST),
    ("multiple-of-set", WHOLE, {**WHOLE, "multipleOf": 2}),
    ("multiple-of-unset", {**WHOLE, "multipleOf": 2}, WHOLE),
    ("multiple-of-changed", {**WHOLE, "multipleOf": 2}, {**WHOLE, "multipleOf": 3}),
    ("multiple-of-generalized", {**WHOLE, "multipleOf": 6}, {**WHOLE, "multipleOf": 3}),
    ("multiple-of-specialized", {"type": "number", "multipleOf": 0.1}, {"type": "number", "multipleOf": 0.3}),
    ("default-value-changed", {**TEXT, "default": "a"}, {**TEXT, "default": "b"}),
    ("deprecated", TEXT, {**TEXT, "deprecated": True}),
    ("reactivated", {**TEXT, "deprecated": True}, TEXT),
    ("required-property-added", OPEN, {**BOTH_PROPERTIES, "required": ["b"]}),
    ("optional-property-added", OPEN, BOTH_PROPERTIES),
    ("property-removed", BOTH_PROPERTIES, OPEN),
    ("property-removed-from-closed-object",
     {**BOTH_PROPERTIES, "additionalProperties": False}, {**OPEN, "additionalProperties": False}),
    ("property-added-to-closed-object",
     {**OPEN, "additionalProperties": False}, {**BOTH_PROPERTIES, "additionalProperties": False}),
    ("required-property-removed", {**BOTH_PROPERTIES, "required": ["b"]}, OPEN),
    ("optional-property-removed", BOTH_PROPERTIES, OPEN),
    ("became-required", OPEN, {**OPEN, "required": ["a"]}),
    ("became-optional", {**OPEN, "required": ["a"]}, OPEN),
    ("became-read-only", OPEN, prop(readOnly=True)),
    ("became-not-read-only", prop(readOnly=True), OPEN),
    ("became-write-only", OPEN, prop(writeOnly=True)),
    ("became-not-write-only", prop(writeOnly=True), OPEN),
    ("additional-properties-disallowed", OPEN, {**OPEN, "additionalProperties": False}),
    ("additional-properties-allowed", {**OPEN, "unevaluatedProperties": False}, OPEN),
    ("one-of-added", PETS, {"oneOf": [CAT, DOG, LIST]}),
    ("one-of-added", CAT, PETS),
    ("one-of-removed", {"oneOf": [CAT, DOG, LIST]}, PETS),
    ("any-of-added", {"anyOf": [CAT, DOG]}, {"anyOf": [LIST, CAT, DOG]}),
    ("any-of-removed", {"anyOf": [LIST, CAT, DOG]}, {"anyOf": [CAT, DOG]}),
    ("variants-set", {"type": "object"}, {"type": "object", **PETS}),
    ("variants-unset", {"type": "object", **PETS}, {"type": "object"}),
    ("one-of-became-any-of", PETS, {"anyOf": [DOG, CAT]}),
    ("any-of-became-one-of", {"anyOf": [CAT, DOG]}, PETS),
    ("one-of-overlap-added", OPEN, {"oneOf": [OPEN, BOTH_PROPERTIES]}),
    ("one-of-overlap-added", PETS, {"oneOf": [CAT, DOG, OPEN]}),
    ("one-of-overlap-added", {"oneOf": [SHORT, LONG]}, {"oneOf": [{**SHORT, "maxLength": 5}, LONG]}),
    ("one-of-overlap-removed", {"oneOf": [TEXT, TEXT]}, TEXT),
    ("discriminator-added", {k: v for k, v in told_by("kind").items() if k != "discriminator"}, told_by("kind")),
    ("discriminator-removed", told_by("kind"), {k: v for k, v in told_by("kind").items() if k != "discriminator"}),
    ("discriminator-property-name-changed", told_by("kind"), told_by("type")),
    ("discriminator-mapping-added", told_by("kind", cat="Cat"), told_by("kind", cat="Cat", dog="Dog")),
    ("discriminator-mapping-deleted", told_by("kind", cat="Cat", dog="Dog"), told_by("kind", cat="Cat")),
    ("discriminator-mapping-changed", told_by("kind", pet="Cat"), told_by("kind", pet="Dog")),
    ("constraint-added", TEXT, {**TEXT, "not": {"const": "x"}}),
    ("constraint-removed", {**TEXT, "not": {"const": "x"}}, TEXT),
    ("constraint-changed", {**TEXT, "not": {"const": "x"}}, {**TEXT, "not": {"const": "y"}}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new"), CASES)
def test_a_rule_finds_its_change_with_its_severity_and_place(name: str, old: Any, new: Any, tmp_path: Path) -> None:
    seen = 0
    for direction in Direction:
        changes = compared(tmp_path, old, new, (direction,)).changes
        of_rule = [change for change in changes if BY_ID[change.rule].name == name]
        rule = next(rule for rule in BY_ID.values() if rule.name == name)
        assert len(of_rule) == (1 if (rule.request, rule.response)[direction is Direction.RESPONSE] else 0), changes
        assert all(change.severity is rule.severity(direction) and change.place.line > 0 for change in of_rule)
        seen += len(of_rule)
    assert seen


def test_every_rule_of_schemas_has_its_case() -> None:
    rules = {rule.name for rule in (*VALUE_RULES, *OBJECT_RULES, *COMPOSED_RULES)}
    assert rules == {name for name, _, _ in CASES}


@pytest.mark.parametrize(("name", "old", "new"), CASES)
def test_a_schema_is_the_same_as_itself_and_as_its_other_spellings(
    name: str, old: Any, new: Any, tmp_path: Path
) -> None:
    for schema in (old, new):
        named = {"$ref": "#/$defs/It", "$defs": {"It": schema, **schema.get("$defs", {})}}
        for other in (schema, named, {"allOf": [schema], "$defs": schema.get("$defs", {})}):
            assert compared(tmp_path, schema, other).changes == ()


SAME: list[tuple[Any, Any]] = [
    ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
    ({"type": "integer", "maximum": 9, "exclusiveMaximum": True}, {"type": "integer", "exclusiveMaximum": 9}),
    ({"type": "string", "minLength": 0}, {"type": "string"}),
    ({"enum": ["a", "b"]}, {"enum": ["b", "a"]}),
    ({"const": "a"}, {"enum": ["a"]}),
    ({"oneOf": [TEXT, {"type": "null"}]}, {"type": ["null", "string"]}),
    ({"anyOf": [TEXT, WHOLE]}, {"type": ["integer", "string"]}),
    ({"oneOf": [CAT, DOG]}, {"oneOf": [DOG, CAT]}),
    ({"allOf": [OPEN, {"properties": {"b": TEXT}}]}, BOTH_PROPERTIES),
    ({"type": "object", "additionalProperties": True}, {"type": "object"}),
    ({"type": "string", "description": "one", "example": "x"}, {"type": "string", "description": "two"}),
]


@pytest.mark.parametrize(("old", "new"), SAME)
def test_two_spellings_of_the_same_are_no_change(old: Any, new: Any, tmp_path: Path) -> None:
    assert compared(tmp_path, old, new).changes == ()
