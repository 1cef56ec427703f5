"""Pairs of schemas, each with a value that the new one refuses, by a validator of its own: none of them may be safe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sandbox.errors import InputError
from sandbox.verification.diff.changes import Direction, Severity
from tests.sandbox.verification.diff.pairs import compared

TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}
FLAG: dict[str, Any] = {"type": "boolean"}
NULL: dict[str, Any] = {"type": "null"}
OR_NULL: dict[str, Any] = {"type": ["string", "null"]}
HOLDS_B: dict[str, Any] = {"type": "object", "properties": {"a": TEXT, "b": TEXT}}


def needs(*names: str) -> dict[str, Any]:
    """An object of texts, some of them required."""
    return {**HOLDS_B, "required": [*names]}


REFUSED: dict[str, tuple[Any, Any, Any]] = {
    "a choice with a type beside it": (WHOLE, {"type": "object", "oneOf": [WHOLE, TEXT]}, 1),
    "a choice with a limit beside it": (TEXT, {"maxLength": 2, "anyOf": [TEXT, WHOLE]}, "abc"),
    "null among values": ({"enum": ["a", None]}, {"enum": ["a", "b"]}, None),
    "null as the only value": ({"const": None}, {"enum": [1.5]}, None),
    "null of a type, and not among values": (OR_NULL, {**OR_NULL, "enum": ["a"]}, None),
    "a constant beside values": ({"enum": ["a", "b"]}, {"enum": ["a", "b"], "const": "a"}, "b"),
    "true is not 1": ({"allOf": [{"enum": [1, True]}]}, {"allOf": [{"enum": [1, True]}, {"enum": [True]}]}, 1),
    "null in one part of two": (OR_NULL, {"allOf": [TEXT, {"anyOf": [TEXT, NULL]}]}, None),
    "null twice in a oneOf": (OR_NULL, {"oneOf": [OR_NULL, NULL]}, None),
    "nothing but null": ({"anyOf": [NULL, TEXT]}, {"anyOf": [NULL]}, "a"),
    "null among variants": ({"oneOf": [needs("a"), WHOLE, NULL]}, {"oneOf": [needs("a"), WHOLE]}, None),
    "null in place of another": ({"anyOf": [needs("a"), WHOLE, NULL]}, {"anyOf": [needs("a"), WHOLE, FLAG]}, None),
    "a null that has to be something else": (
        {"anyOf": [TEXT, {"const": None}]}, {"anyOf": [TEXT, {"const": None, "type": "string"}]}, None
    ),
    "multiples of several": (
        {"allOf": [{"type": "number", "multipleOf": 0.5}]},
        {"allOf": [{"type": "number", "multipleOf": 0.5}], "multipleOf": 2},
        1,
    ),
    "a second choice in an allOf": (
        {"allOf": [{"anyOf": [needs("a"), FLAG]}]},
        {"allOf": [{"anyOf": [needs("a"), FLAG]}, {"anyOf": [needs("b"), FLAG]}]},
        {"a": ""},
    ),
    "anyOf beside oneOf": (
        {"oneOf": [needs("a"), WHOLE]},
        {"oneOf": [needs("a"), WHOLE], "anyOf": [needs("b"), WHOLE]},
        {"a": ""},
    ),
    "a second choice that changes": (
        {"oneOf": [needs("a"), WHOLE], "anyOf": [HOLDS_B, WHOLE]},
        {"oneOf": [needs("a"), WHOLE], "anyOf": [needs("b"), WHOLE]},
        {"a": ""},
    ),
    "not": (HOLDS_B, {**HOLDS_B, "not": needs("b")}, {"b": ""}),
    "if and then": (HOLDS_B, {**HOLDS_B, "if": needs("a"), "then": needs("b")}, {"a": ""}),
    "then without what it was": (
        {**HOLDS_B, "if": needs("a"), "then": HOLDS_B},
        {**HOLDS_B, "if": needs("a"), "then": needs("b")},
        {"a": ""},
    ),
    "dependentRequired": (HOLDS_B, {**HOLDS_B, "dependentRequired": {"a": ["b"]}}, {"a": ""}),
    "a limit that is left out": ({**WHOLE, "maximum": 3}, {**WHOLE, "exclusiveMaximum": 3}, 3),
    "whole numbers only": ({"type": "number"}, WHOLE, 1.5),
    "numbers in a choice": ({"anyOf": [WHOLE, {"type": "number"}]}, WHOLE, 1.5),
    "an entry of its own": ({"type": "array"}, {"type": "array", "prefixItems": [TEXT]}, [1]),
    "entries": ({"type": "array", "items": {"type": "number"}}, {"type": "array", "items": WHOLE}, [1.5]),
    "other properties": (HOLDS_B, {**HOLDS_B, "additionalProperties": False}, {"c": 1}),
    "a choice in a choice": (
        {"oneOf": [{"oneOf": [needs("a"), WHOLE]}, FLAG]},
        {"oneOf": [{"oneOf": [needs("a", "b"), WHOLE]}, FLAG]},
        {"a": ""},
    ),
    "below itself": (
        {"$ref": "#/$defs/N", "$defs": {"N": {"type": "object", "properties": {"n": {"$ref": "#/$defs/N"}}}}},
        {"$ref": "#/$defs/N", "$defs": {"N": {"type": "object", "properties": {"n": {"$ref": "#/$defs/M"}}},
                                        "M": {"type": "object", "required": ["n"], "properties": {"n": TEXT}}}},
        {"n": {}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_now_is_not_safe(name: str, tmp_path: Path) -> None:
    old, new, value = REFUSED[name]
    assert Draft202012Validator(old).is_valid(value)
    assert not Draft202012Validator(new).is_valid(value)
    assert compared(tmp_path, old, new, (Direction.REQUEST,)).worst in (Severity.BREAKING, Severity.DANGEROUS)
    assert compared(tmp_path, new, old, (Direction.RESPONSE,)).worst in (Severity.BREAKING, Severity.DANGEROUS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (WHOLE, {"oneOf": [WHOLE, TEXT]}),
        (needs("a"), {"type": "object", "oneOf": [needs("a"), needs("b")], "discriminator": {"propertyName": "a"}}),
        ({"anyOf": [WHOLE, {"type": "number"}]}, {"type": "number"}),
        (OR_NULL, {"anyOf": [TEXT, NULL]}),
        ({"type": "number", "multipleOf": 6}, {"allOf": [{"type": "number", "multipleOf": 2}, {"multipleOf": 3}]}),
        ({"enum": ["a", None]}, {"enum": ["a", "b", None]}),
        ({"oneOf": [needs("a"), NULL]}, {"anyOf": [NULL, needs("a")]}),
    ],
)  # fmt: skip
def test_what_takes_as_much_in_other_words_stays_safe(old: Any, new: Any, tmp_path: Path) -> None:
    assert compared(tmp_path, old, new, (Direction.REQUEST,)).worst in (None, Severity.SAFE)


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"$ref": "#/$defs/M"}}, "$defs": {"M": {"$ref": "#/$defs/M"}}},
        {"properties": {"a": {"$ref": "#/$defs/M"}}, "$defs": {"M": {"$ref": "#/$defs/M", "const": "a"}}},
        {"oneOf": [{"$ref": "#/$defs/M"}, TEXT], "$defs": {"M": {"$ref": "#/$defs/N"}, "N": {"$ref": "#/$defs/M"}}},
    ],
)
def test_a_reference_to_itself_ends_it_and_is_told(schema: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="refers to itself"):
        compared(tmp_path, schema, schema)


def test_the_same_place_in_another_file_is_another_place(tmp_path: Path) -> None:
    (tmp_path / "parts.json").write_text('{"$defs": {"M": {"$ref": "#/$defs/N"}, "N": {"type": "string"}}}')
    schema = {"properties": {"a": {"$ref": "#/$defs/M"}}, "$defs": {"M": {"$ref": "parts.json#/$defs/M"}}}
    told = compared(tmp_path, schema, {"properties": {"a": TEXT}}, (Direction.REQUEST,))
    assert told.changes == ()
