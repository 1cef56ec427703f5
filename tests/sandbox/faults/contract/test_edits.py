"""Edits of bodies, headers and requests: what they make, and that they change nothing they were handed."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_systems.kit.wire import Request
from sandbox.faults.contract.edit import WireEdit
from sandbox.faults.contract.fitting import misfit
from sandbox.faults.contract.judging import refusal
from sandbox.faults.contract.places import GONE, changed, found, steps_of
from sandbox.faults.contract.retyping import retyped
from sandbox.faults.contract.rewriting import as_text, with_body_edited, with_names_edited

ORDER: dict[str, Any] = {"number": "SO-1", "lines": [{"sku": "A", "price": 5}, {"sku": "B"}], "note": None}
ALWAYS = lambda edit, place: True  # noqa: E731 - as short as what it stands for


def edit(do: Any, path: str, value: Any = None, **more: Any) -> WireEdit:
    """An edit of an answer."""
    return WireEdit.model_validate({"side": "answer", "operation": "*", "do": do, "path": path, "value": value, **more})


@pytest.mark.parametrize(
    ("one", "path", "made"),
    [
        (edit("drop", "number"), "number", GONE),
        (edit("drop", "lines/[]/price"), "lines", [{"sku": "A"}, {"sku": "B"}]),
        (edit("nullify", "number"), "number", None),
        (edit("nullify", "absent"), "absent", GONE),
        (edit("set", "lines/[1]/sku", "C"), "lines", [{"sku": "A", "price": 5}, {"sku": "C"}]),
        (edit("add", "lines/[]/price", 0), "lines", [{"sku": "A", "price": 5}, {"sku": "B", "price": 0}]),
        (edit("move", "lines/[]/sku", "item"), "lines", [{"item": "A", "price": 5}, {"item": "B"}]),
        (edit("retype", "number", {"to": "array"}), "number", ["SO-1"]),
        (edit("lengthen", "(Order)/number", 6), "number", "SO-1xx"),
    ],
)
def test_an_edit_makes_a_copy_with_the_value_changed(one: WireEdit, path: str, made: Any) -> None:
    before = copy.deepcopy(ORDER)
    after = with_body_edited(ORDER, one, ALWAYS)
    assert after.get(path, GONE) == made
    assert before == ORDER


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), lambda inner: st.lists(
    inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=8))  # fmt: skip
def test_what_an_edit_does_not_change_is_the_same_object(body: Any) -> None:
    assert changed(body, steps_of("a/[]/b/*"), lambda value, around: value) is body
    was = copy.deepcopy(body)
    changed(body, steps_of("a/[]/b"), lambda value, around: GONE)
    assert body == was


def test_places_are_told_with_the_one_that_is_missing() -> None:
    assert list(found(ORDER, steps_of("lines/[]/price"))) == [("/lines/0/price", 5), ("/lines/1/price", GONE)]
    assert list(found(ORDER, steps_of("missing/price"))) == []


def test_only_chosen_places_are_changed() -> None:
    after = with_body_edited(ORDER, edit("nullify", "lines/[]/sku", share=0.5), lambda one, place: place == "A")
    assert [line["sku"] for line in after["lines"]] == [None, "B"]


@pytest.mark.parametrize(
    ("value", "wanted", "made"),
    [
        (1250, {"to": "string"}, "1250"),
        ("1250", {"to": "integer"}, 1250),
        (True, {"to": "string"}, "true"),
        ("false", {"to": "boolean"}, False),
        (7, {"to": "number"}, 7.0),
        (7, {"to": "object", "like": {"amount": "", "of": "EUR"}, "into": "amount"}, {"amount": "7", "of": "EUR"}),
        ({"a": 1, "b": 2}, {"to": "array"}, [1, 2]),
        (["x"], {"to": "string"}, "x"),
        ("2026-01-31T12:00:00+00:00", {"to": "string", "format": "date"}, "2026-01-31"),
        ("2026-01-31T12:00:00+00:00", {"to": "integer"}, 1769860800),
        (None, {"to": "string"}, None),
    ],
)  # fmt: skip
def test_the_same_thing_is_written_in_another_type(value: Any, wanted: dict[str, Any], made: Any) -> None:
    found_one = retyped(value, wanted)
    assert found_one == made
    assert type(found_one) is type(made)


@pytest.mark.parametrize(
    ("value", "wanted", "fits"),
    [
        (5, {"type": ["integer"]}, True), (5.5, {"type": "integer"}, False), (True, {"type": "integer"}, False),
        ("ab", {"maxLength": 2}, True), ("abc", {"maxLength": 2}, False), ("GB", {"enum": ["GB", "DE"]}, True),
        ("FR", {"enum": ["GB", "DE"]}, False), (5, {"exclusiveMaximum": 5}, False), ("x1", {"pattern": "^x"}, True),
        ([1, 1], {"uniqueItems": True}, False), ({"a": 1}, {"only": ["b"]}, False), (6, {"multipleOf": 4}, False),
        ("2026-13-01", {"format": "date"}, False), (2**40, {"format": "int32"}, False),
        (None, {"type": ["null"]}, True),
    ],
)  # fmt: skip
def test_values_are_held_against_the_keywords(value: Any, wanted: dict[str, Any], fits: bool) -> None:
    assert (misfit(value, wanted) is None) is fits


def test_requests_are_refused_with_the_place_and_the_reason() -> None:
    request = Request("POST", "/orders", {"limit": "500"}, {}, ORDER)
    missing = WireEdit(side="request", operation="*", do="refuse_missing", path="lines/[]/price", reply=400)
    reply = refusal(request, missing)
    assert reply is not None
    assert (reply.status, reply.body["errors"][0]["pointer"]) == (400, "/lines/1/price")
    for path, wanted, refused in (("query limit", {"type": ["integer"], "maximum": 100}, True),
                                  ("query limit", {"type": ["integer"], "maximum": 900}, False),
                                  ("header x-tenant", {"minLength": 1}, False)):  # fmt: skip
        judged = WireEdit(side="request", operation="*", do="refuse_unless", path=path, value=wanted)
        assert (refusal(request, judged) is not None) is refused
    gone = refusal(request, WireEdit(side="request", operation="*", do="refuse", reply=405, value="GET"))
    assert gone is not None
    assert (gone.status, gone.headers["allow"]) == (405, "GET")


def test_headers_are_dropped_set_and_renamed_in_copies() -> None:
    headers = {"location": "/orders/1"}
    assert with_names_edited(headers, edit("drop", "header location"), "location", ALWAYS) == {}
    assert with_names_edited(headers, edit("set", "header location", "x"), "location", ALWAYS) == {"location": "x"}
    assert with_names_edited(headers, edit("move", "header location", "link"), "location", ALWAYS) == {
        "link": "/orders/1"
    }
    assert headers == {"location": "/orders/1"}


def test_another_media_type_is_other_text() -> None:
    assert as_text(ORDER, "application/hal+json") is ORDER
    assert "<number>SO-1</number>" in as_text(ORDER, "application/xml")
