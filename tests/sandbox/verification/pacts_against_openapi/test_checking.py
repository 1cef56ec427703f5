"""Pacts held against a document: what fits, what does not, what the document leaves open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import InputError
from sandbox.verification.outcome import Verdict
from sandbox.verification.pacts_against_openapi.pact_file import content_hash, parse_pact
from tests.sandbox.verification.pacts_against_openapi.vendor import (
    checked,
    document,
    listing,
    pact_of,
    placing,
    reading,
)

WHOLE = {"id": "O-1", "status": "open", "total": 9.5, "lines": [{"sku": "A", "quantity": 2}]}
FITS: dict[str, Any] = {
    "an order as declared": reading(WHOLE),
    "less than all of it": reading({"id": "O-1"}),
    "a whole number for a number": reading({"total": 9}),
    "below the server's path": reading({"id": "O-1"}, path="/v1/orders/O-1"),
    "a map's keys": reading({"labels": {"a": "b"}}),
    "one of two": reading({"pay": {"last4": "1234"}}),
    "the other": reading({"pay": {"days": 30}}),
    "an error that is declared": reading(status=404),
    "a new order without what the provider sets": placing({"status": "open", "total": 1, "lines": []}),
    "a query": listing(status=["open"], limit=["100"]),
}
BREAKS: dict[str, tuple[dict[str, Any], str, str]] = {
    "an undeclared field": (reading({"state": "open"}), "response-field-undeclared", "response 200 body state"),
    "one inside of a list": (
        reading({"lines": [{"colour": "red"}]}), "response-field-undeclared", "response 200 body lines/0/colour",
    ),
    "another type": (reading({"total": "9.5"}), "response-value", "response 200 body total"),
    "a value outside of the enum": (reading({"status": "new"}), "response-value", "response 200 body status"),
    "a field that is only written": (
        reading({"secret": "x"}), "response-field-write-only", "response 200 body secret",
    ),
    "null for what is never null": (reading({"id": None}), "response-value", "response 200 body id"),
    "none of the variants": (
        reading({"pay": {"last4": "12"}}), "response-value", "response 200 body pay/last4",
    ),
    "a status": (reading(status=409), "status-undeclared", "response 409"),
    "a body that is not promised": (reading({"a": 1}, status=404), "response-body-undeclared", "response 404 body"),
    "a path": (reading(path="/order/1"), "operation-undeclared", "GET /order/1"),
    "a path's parameter": (reading(path="/orders/1"), "parameter-value", "request path id"),
    "no header": (
        {**reading(), "request": {"method": "GET", "path": "/orders/O-1"}}, "header-missing", "request header X-Tenant",
    ),
    "no parameter": (listing(), "parameter-missing", "request query status"),
    "an unknown parameter": (listing(status=["open"], page=["2"]), "query-undeclared", "request query page"),
    "a parameter's value": (listing(status=["lost"]), "parameter-value", "request query status"),
    "a parameter's bound": (listing(status=["open"], limit=["101"]), "parameter-value", "request query limit"),
    "a required field": (placing({"status": "open", "total": 1}), "request-field-missing", "request body lines"),
    "a body": (placing(None), "request-body-missing", "request body"),
    "a nested value": (
        placing({"status": "open", "total": 1, "lines": [{"sku": "A", "quantity": 0}]}), "request-value",
        "request body lines/0/quantity",
    ),
    "a media type": (
        placing(None, body={"content": "<order/>", "contentType": "text/xml"}), "request-media-type", "request body",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FITS)
def test_what_is_declared_fits(name: str, tmp_path: Path) -> None:
    found = checked(tmp_path, FITS[name])
    assert found.breaking == ()
    assert found.outcome().verdict is Verdict.PASS


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_not_declared_breaks_and_says_where(name: str, tmp_path: Path) -> None:
    interaction, rule, field = BREAKS[name]
    found = checked(tmp_path, interaction)
    assert [(one.rule, one.field) for one in found.breaking] == [(rule, field)]
    assert found.outcome().verdict is Verdict.FAIL
    broken = found.breaking[0]
    assert broken.remedy
    for place in (broken.in_pact, broken.in_document):
        value: Any = json.loads(Path(place.file).read_text())
        for part in place.pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, list) else value[key]
        assert 0 < place.line <= Path(place.file).read_text().count("\n") + 1


def test_the_line_is_that_of_the_field(tmp_path: Path) -> None:
    broken = checked(tmp_path, reading({"id": "O-1", "state": "open"})).breaking[0]
    line = (tmp_path / "pact.json").read_text().splitlines()[broken.in_pact.line - 1]
    assert line.strip() == '"state": "open"'


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({"placed_at": "2026-01-01T00:00:00Z"}, "response-field-optional"),
        ({"note": "fragile"}, "response-may-be-other"),
    ],
)
def test_what_the_document_leaves_open_is_dangerous_and_fails_when_strict(
    tmp_path: Path, body: dict[str, Any], rule: str
) -> None:
    found = checked(tmp_path, reading(body))
    assert rule in {one.rule for one in found.misfits}
    assert found.breaking == ()
    assert found.outcome().verdict is Verdict.PASS
    assert found.outcome(found.misfits[0].severity).verdict is Verdict.FAIL


def test_an_example_is_but_an_example_where_the_pact_says_so(tmp_path: Path) -> None:
    assert checked(tmp_path, reading({"status": "new"}, rules={"$.status": "type"})).breaking == ()
    assert checked(tmp_path, reading({"status": "new"}, rules={"$": "type"})).breaking == ()
    assert checked(tmp_path, reading({"status": 5}, rules={"$": "type"})).breaking
    assert checked(tmp_path, reading({"status": "new"}, rules={"$": "type", "$.status": "equality"})).breaking
    assert checked(tmp_path, reading({"status": "new"}, rules={"$.status": "regex"})).breaking


def test_an_integer_that_is_relied_on_where_numbers_are_promised_is_left_open(tmp_path: Path) -> None:
    found = checked(tmp_path, reading({"total": 9}, rules={"$.total": "integer"}))
    assert [one.rule for one in found.misfits] == ["response-may-be-other"]


def test_messages_and_other_bodies_are_not_tested_and_so_not_passed(tmp_path: Path) -> None:
    message = {"type": "Asynchronous/Messages", "description": "shipped", "contents": {"content": {"id": "1"}}}
    found = checked(tmp_path, reading(WHOLE), message)
    assert (found.tested, len(found.not_tested)) == (1, 1)
    assert found.outcome().verdict is Verdict.UNKNOWN
    assert checked(tmp_path).outcome().verdict is Verdict.UNKNOWN


def test_a_message_is_held_against_the_webhook_that_fits_best(tmp_path: Path) -> None:
    told = document()
    for name in ("order.shipped", "order.lost"):
        data = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
        kind = {"type": "string", "const": name}
        schema = {"type": "object", "required": ["type", "data"], "properties": {"type": kind, "data": data}}
        body = {"content": {"application/json": {"schema": schema}}}
        told.setdefault("webhooks", {})[name] = {"post": {"requestBody": body, "responses": {}}}
    message = {"type": "Asynchronous/Messages", "description": "shipped"}

    def held(content: Any) -> Any:
        return checked(tmp_path, {**message, "contents": {"content": content, "encoded": False}}, told=told)

    assert held({"type": "order.lost", "data": {"id": "1"}}).outcome().verdict is Verdict.PASS
    broken = held({"type": "order.lost", "data": {"id": "1", "why": "theft"}}).breaking
    assert [(one.operation, one.field) for one in broken] == [("webhook order.lost post", "message data/why")]


def test_the_fields_of_a_form_are_judged(tmp_path: Path) -> None:
    told = document()
    schema = {"required": ["grant"], "properties": {"grant": {"enum": ["client"]}, "ttl": {"type": "integer"}}}
    form = {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object", **schema}}}}
    told["paths"]["/orders"]["post"]["requestBody"] = form

    def held(content: str) -> Any:
        body = {"content": content, "contentType": "application/x-www-form-urlencoded", "encoded": False}
        return checked(tmp_path, placing(None, body=body), told=told)

    assert held("grant=client&ttl=60").outcome().verdict is Verdict.PASS
    assert [one.field for one in held("grant=client&ttl=long").breaking] == ["request body ttl"]
    assert [one.rule for one in held("ttl=1").breaking] == ["request-field-missing"]


def test_keywords_that_are_not_understood_leave_the_interaction_untested(tmp_path: Path) -> None:
    told = document()
    told["components"]["schemas"]["Order"]["not"] = {"required": ["lost"]}
    found = checked(tmp_path, reading(WHOLE), told=told)
    assert found.outcome().verdict is Verdict.UNKNOWN
    assert "not is not judged here" in found.not_tested[0][1]


def test_swagger_2_and_older_pacts_are_understood(tmp_path: Path) -> None:
    told = {
        "swagger": "2.0", "info": {"title": "t", "version": "1"}, "basePath": "/api",
        "paths": {"/orders": {"get": {
            "parameters": [{"name": "status", "in": "query", "type": "string", "enum": ["open"]}],
            "responses": {"200": {"description": "ok", "schema": {"properties": {"id": {"type": "string"}}}}},
        }}},
    }  # fmt: skip
    old = {
        "description": "an order", "request": {"method": "get", "path": "/api/orders", "query": "status=open"},
        "response": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": {"id": "1"}},
    }  # fmt: skip
    assert checked(tmp_path, old, told=told).breaking == ()
    old["request"]["query"] = "status=lost"  # type: ignore[index]
    old["response"]["body"] = {"ids": []}  # type: ignore[index]
    assert {one.rule for one in checked(tmp_path, old, told=told).breaking} == {
        "parameter-value", "response-field-undeclared",
    }  # fmt: skip


def test_a_pact_has_the_same_hash_in_any_order_and_another_for_another_request() -> None:
    one, two = reading(WHOLE), listing(status=["open"])
    assert content_hash(pact_of(one, two)) == content_hash(pact_of(two, one))
    assert content_hash(pact_of(one, two)) == content_hash(pact_of(one, two, consumer="other"))
    assert content_hash(pact_of(one)) != content_hash(pact_of(two))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"consumer": {"name": "a"}}', "names no provider"),
        ('{"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": [{}]}', "has no request"),
        ("[1]", "keys and values"),
    ],
)
def test_what_is_no_pact_is_refused(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse_pact(text, "pact.json")
