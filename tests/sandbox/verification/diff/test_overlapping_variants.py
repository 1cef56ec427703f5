"""Variants of a `oneOf` that a value may fit together, and what keeps variants apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.verification.diff.changes import Direction, Severity
from tests.sandbox.verification.diff.pairs import compared

TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}
DANGEROUS, SAFE = Severity.DANGEROUS, Severity.SAFE


def having(*required: str, **properties: Any) -> dict[str, Any]:
    """An object with properties, texts where nothing else is said, some of them required."""
    return {"type": "object", "properties": {**dict.fromkeys(required, TEXT), **properties}, "required": [*required]}


def overlaps(folder: Path, old: Any, new: Any, direction: Direction = Direction.REQUEST) -> list[Severity]:
    """How bad the overlaps are that came or went."""
    changes = compared(folder, old, new, (direction,)).changes
    return [change.severity for change in changes if "-one-of-overlap-" in change.rule]


APART: list[tuple[Any, Any]] = [
    (TEXT, WHOLE),
    (TEXT, having("a")),
    ({"enum": ["a", "b"]}, {"enum": ["c"]}),
    ({**TEXT, "const": "a"}, {"const": 1}),
    ({**TEXT, "format": "date"}, {**TEXT, "format": "date-time"}),
    ({**TEXT, "maxLength": 3}, {**TEXT, "minLength": 4}),
    ({**WHOLE, "maximum": 3}, {**WHOLE, "exclusiveMinimum": 3}),
    ({"type": "array", "items": TEXT, "minItems": 1}, {"type": "array", "items": WHOLE}),
    (having("iban"), having("card")),
    (having("kind", kind={"const": "iban"}), having(kind={"const": "card"})),
    (having("by", by=having("kind", kind={"const": "x"})), having("by", by=having("kind", kind={"const": "y"}))),
    (having("a", "b"), {**having("a"), "additionalProperties": False}),
    ({"oneOf": [having("iban"), having("bic")]}, having("card")),
    ({"allOf": [having("iban"), having("name")]}, having("card")),
]
TOGETHER: list[tuple[Any, Any]] = [
    (TEXT, TEXT),
    (WHOLE, {"type": "number"}),
    ({**TEXT, "enum": ["a"]}, {"enum": ["a", "b"]}),
    ({"type": ["string", "null"]}, {"type": ["integer", "null"]}),
    ({**TEXT, "format": "date"}, {**TEXT, "format": "of-our-own"}),
    ({**TEXT, "maxLength": 4}, {**TEXT, "minLength": 4}),
    ({"type": "array", "items": TEXT}, {"type": "array", "items": WHOLE}),
    (having("name"), having("name", "more")),
    (having(kind={"const": "iban"}), having(kind={"const": "card"})),
    ({"oneOf": [having("iban"), having("card")]}, having("card")),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_variants_that_are_kept_apart_may_come_and_change(one: Any, other: Any, tmp_path: Path) -> None:
    first, second = {"title": "First", **one}, {"title": "Second", **other}
    assert overlaps(tmp_path, first, {"oneOf": [first, second]}) == []
    assert overlaps(tmp_path, {"oneOf": [first, second]}, {"oneOf": [first, {**second, "minimum": 9}]}) == []


@pytest.mark.parametrize(("one", "other"), TOGETHER)
def test_variants_that_may_overlap_are_told_to_the_side_that_is_hit(one: Any, other: Any, tmp_path: Path) -> None:
    first, second = {"title": "First", **one}, {"title": "Second", **other}
    third = {"title": "Third", "type": "boolean", "const": True}
    for few, many in ((first, [first, second]), ({"oneOf": [third, first]}, [first, second, third])):
        assert overlaps(tmp_path, few, {"oneOf": many}) == [DANGEROUS]
        assert overlaps(tmp_path, few, {"oneOf": many}, Direction.RESPONSE) == [SAFE]
        assert overlaps(tmp_path, {"oneOf": many}, few, Direction.RESPONSE) == [DANGEROUS]
        assert overlaps(tmp_path, {"oneOf": many}, {"oneOf": many}) == []
        assert overlaps(tmp_path, few, {"anyOf": many}) == []


def test_a_discriminator_keeps_all_variants_apart(tmp_path: Path) -> None:
    def told(*variants: dict[str, Any]) -> dict[str, Any]:
        return {"oneOf": list(variants), "discriminator": {"propertyName": "kind"}}

    cat, dog, fish = ({"title": name, **having("kind")} for name in ("Cat", "Dog", "Fish"))
    assert overlaps(tmp_path, told(cat, dog), told(cat, dog, fish)) == []


def test_an_overlap_matters_where_a_variant_takes_more_deep_inside(tmp_path: Path) -> None:
    def choice(**kind: Any) -> dict[str, Any]:
        return {"oneOf": [{"title": "A", **having(by=having(kind={**TEXT, **kind}))}, {"title": "B", **having("name")}]}

    wide, narrow = choice(), choice(maxLength=3)
    assert overlaps(tmp_path, narrow, wide) == [DANGEROUS]
    assert overlaps(tmp_path, wide, narrow) == [SAFE]
    assert overlaps(tmp_path, wide, narrow, Direction.RESPONSE) == [DANGEROUS]
    assert overlaps(tmp_path, wide, choice(default="a"), Direction.RESPONSE) == []


def test_a_choice_and_a_single_schema_are_compared_variant_by_variant(tmp_path: Path) -> None:
    base = {"type": "object", "properties": {"id": TEXT}}
    single = {**base, "properties": {"id": TEXT, "claws": TEXT}}
    choice = {**base, "oneOf": [{"title": "Cat", **having("claws", claws=WHOLE)}, {"title": "Dog", **having("id")}]}
    for old, new, direction in ((choice, single, Direction.REQUEST), (single, choice, Direction.RESPONSE)):
        changes = compared(tmp_path, old, new, (direction,)).changes
        assert ("(Cat)/claws", Severity.BREAKING) in {(one.subject, one.severity) for one in changes}


def test_variants_that_extend_the_schema_that_offers_them_are_told_once(tmp_path: Path) -> None:
    pet: dict[str, Any] = {"type": "object", "properties": {"kind": TEXT}}
    cat = {"allOf": [{"$ref": "#/$defs/Pet"}, {"properties": {"claws": WHOLE}}]}
    offered = {"oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}]}
    dog = {"allOf": [{"$ref": "#/$defs/Pet"}, having("barks")]}
    old, new = (
        {"$ref": "#/$defs/Pet", "$defs": {"Pet": {**pet, **more}, "Cat": cat, "Dog": dog}} for more in ({}, offered)
    )
    changes = compared(tmp_path, old, new, (Direction.RESPONSE,)).changes
    assert sorted((change.rule, change.subject) for change in changes) == [
        ("response-body-variants-set", ""),
        ("response-optional-property-added", "(Cat)/claws"),
        ("response-required-property-added", "(Dog)/barks"),
    ]


def test_a_schema_that_holds_itself_becomes_one_of_several(tmp_path: Path) -> None:
    def holding(schema: Any) -> Any:
        return {"$ref": "#/$defs/N", "$defs": {"N": schema}}

    old = having("a", b={"$ref": "#/$defs/N"})
    told = compared(tmp_path, holding(old), holding({"oneOf": [old, {"type": "boolean"}]}), (Direction.REQUEST,))
    assert [(change.rule, change.severity) for change in told.changes] == [("request-body-one-of-added", SAFE)]


def test_a_property_may_be_called_what_elsewhere_is_a_note(tmp_path: Path) -> None:
    def refusing(kind: str) -> Any:
        return {**having("a"), "not": having("title", title={"type": kind})}

    told = compared(tmp_path, refusing("string"), refusing("integer"), (Direction.REQUEST,)).changes
    assert [change.rule for change in told] == ["request-body-constraint-changed"]
