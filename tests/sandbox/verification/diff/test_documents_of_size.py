"""Documents as they really are: large, in cycles, in Swagger 2, in several files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.verification.diff.comparison import compare
from sandbox.verification.documents.document import Document, Pointer
from tests.sandbox.verification.diff.pairs import answering, asking, compared, found

ROOT = Path(__file__).resolve().parents[4]
TEXT: dict[str, Any] = {"type": "string"}


def large(operations: int, kind: str) -> dict[str, Any]:
    """A document with that many operations on schemas that all refer to each other."""
    names = [f"S{index}" for index in range(operations)]
    schemas = {
        name: {
            "allOf": [{"$ref": "#/components/schemas/Base"}],
            "type": "object",
            "description": "d" * 800,
            "properties": {
                "own": {"type": kind if index == 3 else "string"},
                "next": {"$ref": f"#/components/schemas/{names[(index + 1) % operations]}"},
                "any": {
                    "oneOf": [{"$ref": f"#/components/schemas/{names[(index * 3 + k) % operations]}"} for k in range(3)]
                },
            },
        }
        for index, name in enumerate(names)
    }
    schemas["Base"] = {"type": "object", "properties": {"parent": {"$ref": f"#/components/schemas/{names[0]}"}}}
    paths = {f"/{name}": answering({"$ref": f"#/components/schemas/{name}"})["paths"]["/orders"] for name in names}
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def test_hundreds_of_operations_in_cycles_are_compared(tmp_path: Path) -> None:
    old, new = large(60, "string"), large(60, "integer")
    assert found(tmp_path, old, old) == {}
    told = found(tmp_path, old, new)
    assert len(told["response-property-type-changed"].operations) == 60


def test_a_schema_may_hold_itself(tmp_path: Path) -> None:
    def tree(kind: str) -> dict[str, Any]:
        node = {
            "type": "object",
            "properties": {
                "value": {"type": kind},
                "below": {"type": "array", "items": {"$ref": "#/components/schemas/N"}},
            },
        }
        return {**answering({"$ref": "#/components/schemas/N"}), "components": {"schemas": {"N": node}}}

    assert found(tmp_path, tree("string"), tree("string")) == {}
    assert found(tmp_path, tree("string"), tree("integer"))["response-property-type-changed"].subjects == ("200/value",)


def swagger(*parameters: dict[str, Any], **top: Any) -> dict[str, Any]:
    """A Swagger 2 document with `POST /orders`."""
    operation = {
        "operationId": "list",
        "parameters": list(parameters),
        "responses": {"200": {"description": "ok", "schema": TEXT}},
    }
    return {"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {"/orders": {"get": operation}}, **top}


def test_swagger_2_says_the_same_in_other_words(tmp_path: Path) -> None:
    old = swagger(
        {"in": "body", "name": "b", "schema": TEXT}, {"in": "query", "name": "q", **TEXT, "collectionFormat": "csv"}
    )
    new = asking(TEXT)
    operation = new["paths"]["/orders"]["get"]
    operation["parameters"] = [{"in": "query", "name": "q", "schema": TEXT}]
    operation["responses"]["200"]["content"] = {"application/json": {"schema": TEXT}}
    assert found(tmp_path, old, new) == {}


def test_a_form_is_a_body_whose_fields_are_parameters(tmp_path: Path) -> None:
    field = {"in": "formData", "name": "note", "type": "string"}
    told = found(
        tmp_path, swagger(field), swagger({**field, "maxLength": 5}, {**field, "name": "more", "required": True})
    )
    assert set(told) == {
        "request-property-max-length-set",
        "new-required-request-property",
        "request-body-became-required",
    }
    assert told["request-property-max-length-set"].place.pointer == "/paths/~1orders/get/parameters/0/maxLength"


def test_parts_in_other_files_have_their_own_places(tmp_path: Path) -> None:
    for version, kind in (("old", "string"), ("new", "integer")):
        folder = tmp_path / version
        folder.mkdir()
        (folder / "api.json").write_text(json.dumps(answering({"$ref": "parts.yaml#/Order"})))
        (folder / "parts.yaml").write_text(f"Order:\n  type: object\n  properties:\n    id:\n      type: {kind}\n")
    comparison = compare(str(tmp_path / "old/api.json"), str(tmp_path / "new/api.json"))
    place = comparison.changes[0].place
    assert (place.file, place.line, place.pointer) == (f"{tmp_path}/new/parts.yaml", 5, "/Order/properties/id/type")


def test_our_own_contracts_are_the_same_as_themselves() -> None:
    for path in sorted((ROOT / "contracts/openapi").glob("*.json")):
        assert compare(str(path), str(path)).changes == ()


def nested(depth: int, kind: str) -> dict[str, Any]:
    """Choices of schemas without names, each of which holds the next choice, and the last one the first."""
    schemas: dict[str, Any] = {}
    for number in range(depth):
        below = {"$ref": f"#/components/schemas/C{(number + 1) % depth}"}
        one = {"type": "object", "required": ["one"], "properties": {"one": {"type": kind}, "below": below}}
        two = {"type": "object", "required": ["two"], "properties": {"two": TEXT, "below": below}}
        schemas[f"C{number}"] = {"oneOf": [one, two]}
    return {**asking({"$ref": "#/components/schemas/C0"}), "components": {"schemas": schemas}}


def test_choices_may_be_nested_in_choices_for_hundreds_of_steps(tmp_path: Path) -> None:
    assert found(tmp_path, nested(400, "string"), nested(400, "string")) == {}
    assert found(tmp_path, nested(40, "string"), nested(40, "integer")) != {}


def test_where_a_change_stands_is_asked_once_however_many_operations_it_hits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Pointer] = []
    line_of = Document.line_of

    def counted(self: Document, pointer: Pointer) -> int:
        asked.append(pointer)
        return line_of(self, pointer)

    monkeypatch.setattr(Document, "line_of", counted)
    old, new = large(100, "string"), large(100, "string")
    for index in range(100):
        choice = new["components"]["schemas"][f"S{index}"]["properties"]["any"]["oneOf"]
        choice.append({"$ref": f"#/components/schemas/S{(index * 3 + 3) % 100}"})
    told = [change for change in compared(tmp_path, old, new).changes if change.operations]
    assert len(told) == 300
    assert {len(change.operations) for change in told} == {100}
    assert len(asked) < 1_000
