"""Recorded pairs are held against their operation: both sides, in each format."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sandbox.cli.main import app
from sandbox.errors import InputError
from sandbox.verification.recorded.api import Api
from sandbox.verification.recorded.reading import read_pairs

ORDER = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string"}, "total": {"type": "integer"}, "lines": {"type": "array", "items": {}}},
}
SHOWN = {
    "description": "Done",
    "headers": {"X-Count": {"required": True, "schema": {"type": "integer"}}},
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "shop", "version": "1"},
    "servers": [{"url": "https://shop.example.com/{stage}/v1", "variables": {"stage": {"default": "live"}}}],
    "paths": {
        "/orders/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 5}}
            ],
            "get": {
                "parameters": [
                    {"name": "limit", "in": "query", "required": True, "schema": {"type": "integer", "maximum": 9}},
                    {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}},
                ],
                "responses": {"200": SHOWN, "4XX": {"description": "No"}},
            },
        },
        "/orders/latest": {"get": {"responses": {"200": {"description": "Nothing more is said"}}}},
        "/orders": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                },
                "responses": {"201": {"description": "Made"}},
            }
        },
    },
    "components": {"schemas": {"Order": ORDER}},
}


def got(url: str = "/live/v1/orders/A1?limit=3", status: int = 200, body: Any = None, **headers: str) -> dict[str, Any]:
    told = {"content-type": "application/json", "X-Count": "1", **{k.replace("_", "-"): v for k, v in headers.items()}}
    response = {"status": status, "headers": told, "body": {"id": "A1"} if body is None else body}
    return {"request": {"method": "get", "url": f"https://shop.example.com{url}"}, "response": response}


def posted(body: Any, media: str = "application/json") -> dict[str, Any]:
    request = {"method": "POST", "path": "/live/v1/orders", "headers": {"Content-Type": media}, "body": body}
    return {"request": request, "response": {"status": 201}}


def invoke(tmp_path: Path, *pairs: Any, document: Any = None) -> tuple[int, dict[str, Any]]:
    (tmp_path / "shop.json").write_text(json.dumps(document or DOCUMENT, indent=1))
    (tmp_path / "pairs.ndjson").write_text("\n".join(map(json.dumps, pairs)))
    result = run(tmp_path, "--json")
    return result.exit_code, json.loads(result.stdout)


def run(tmp_path: Path, *words: str, name: str = "pairs.ndjson") -> Result:
    told = ["contracts", "recorded", str(tmp_path / name), "--openapi", str(tmp_path / "shop.json"), *words]
    return CliRunner().invoke(app, told)


def wrong(tmp_path: Path, pair: Any, document: Any = None) -> list[tuple[str, str]]:
    _, told = invoke(tmp_path, pair, document=document)
    return [(one["side"], one["where"]) for one in told["findings"]]


def test_a_pair_that_fits_passes(tmp_path: Path) -> None:
    code, told = invoke(tmp_path, got(), got("/live/v1/orders/A1?limit=3&tag=1&tag=2"), posted({"id": "x"}))
    assert (code, told["verdict"], told["tested"], told["findings"]) == (0, "pass", 3, [])
    assert told["operations"] == {"GET /orders/{id}": 2, "POST /orders": 1}
    assert told["check"] == "recorded"


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (got("/live/v1/orders/A1"), ("request", "query/limit")),
        (got("/live/v1/orders/A1?limit=12"), ("request", "query/limit")),
        (got("/live/v1/orders/A1?limit=x"), ("request", "query/limit")),
        (got("/live/v1/orders/A1?limit=3&tag=1&tag=b"), ("request", "query/tag/1")),
        (got("/live/v1/orders/A1?limit=3&sort=up"), ("request", "query/sort")),
        (got("/live/v1/orders/TOOLONG?limit=3"), ("request", "path/id")),
        (got(status=500), ("response", "status")),
        (got(X_Count="many"), ("response", "header/X-Count")),
        (got(content_type="text/html"), ("response", "header/content-type")),
        (got(body={"id": "A1", "total": "12"}), ("response", "body/total")),
        (got(body={}), ("response", "body")),
        (posted({"id": 7}), ("request", "body/id")),
        (posted(None), ("request", "body")),
        (posted("{oh", "application/json; charset=utf-8"), ("request", "body")),
        (posted("<a/>", "application/xml"), ("request", "header/content-type")),
    ],
)
def test_what_is_wrong_is_told_with_its_side_and_place(
    tmp_path: Path, pair: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert wrong(tmp_path, pair) == [expected]


def test_each_finding_has_line_operation_reason_and_the_contracts_line(tmp_path: Path) -> None:
    _, told = invoke(tmp_path, got(), got(body={"id": 1}))
    (finding,) = told["findings"]
    assert (finding["line"], finding["operation"]) == (2, "GET /orders/{id}")
    assert "not of type" in finding["reason"]
    assert "shop.json#/" in finding["contract"]
    assert (tmp_path / "shop.json").read_text().splitlines()[finding["contract_line"] - 1].strip()


def test_a_request_that_is_refused_may_be_wrong(tmp_path: Path) -> None:
    assert wrong(tmp_path, got("/live/v1/orders/A1?limit=x", status=422)) == []


def test_a_path_that_is_written_out_comes_before_a_template(tmp_path: Path) -> None:
    assert invoke(tmp_path, got("/live/v1/orders/latest"))[1]["operations"] == {"GET /orders/latest": 1}


def test_a_query_is_a_method_like_any_other(tmp_path: Path) -> None:
    asking = {"responses": {"200": {"description": "Found"}}}
    document = {**DOCUMENT, "openapi": "3.2.0", "paths": {**DOCUMENT["paths"], "/search": {"query": asking}}}
    request = {"method": "QUERY", "path": "/live/v1/search"}
    code, told = invoke(tmp_path, {"request": request, "response": {"status": 200}}, document=document)
    assert (code, told["operations"]) == (0, {"QUERY /search": 1})


def test_a_pair_that_no_operation_matches_is_told_and_not_tested(tmp_path: Path) -> None:
    delete = {"request": {"method": "DELETE", "path": "/live/v1/orders/A1"}, "response": {"status": 204}}
    code, told = invoke(tmp_path, got("/orders/A1?limit=3"), delete)
    assert (code, told["verdict"], told["tested"], told["not_tested"]) == (1, "unknown", 0, 2)
    elsewhere = "no operation is GET /orders/A1: the document's servers are at /live/v1"
    assert list(told["reasons"]) == ["no operation is DELETE of /live/v1/orders/A1", elsewhere]


def test_a_parameter_may_hold_a_slash_and_a_path_be_escaped_in_any_way(tmp_path: Path) -> None:
    code, told = invoke(tmp_path, got("/live/v1/orders/A%2f1?limit=3"), got("/%6Cive/v1/orders/%41:1?limit=3"))
    assert (code, told["operations"]) == (0, {"GET /orders/{id}": 2})
    assert wrong(tmp_path, got("/live/v1/orders/A%2F%2F1?limit=3")) == []
    assert wrong(tmp_path, got("/live/v1/orders/A%2F%2F%2F%2F1?limit=3")) == [("request", "path/id")]
    assert invoke(tmp_path, got("/live/v1/orders/A/1?limit=3"))[1]["not_tested"] == 1


def test_har_and_cassettes_are_read_as_well(tmp_path: Path) -> None:
    invoke(tmp_path)
    body = json.dumps({"id": 7})
    har = {
        "log": {
            "version": "1.2",
            "entries": [
                {
                    "request": {"method": "GET", "url": "https://x/live/v1/orders/A1?limit=3", "headers": []},
                    "response": {
                        "status": 200,
                        "headers": [{"name": "X-Count", "value": "1"}],
                        "content": {
                            "mimeType": "application/json",
                            "text": base64.b64encode(body.encode()).decode(),
                            "encoding": "base64",
                        },
                    },
                }
            ],
        }
    }
    (tmp_path / "traffic.har").write_text(json.dumps(har, indent=1))
    result = run(tmp_path, name="traffic.har")
    assert (result.exit_code, "body/id" in result.stdout) == (1, True)
    cassette = f"""
http_interactions:
- request: {{uri: 'https://x/live/v1/orders/A1?limit=3', method: GET, headers: {{}}}}
  response:
    status: {{code: '200', message: OK}}
    headers: {{Content-Type: [application/json], X-Count: ['1']}}
    body: {{encoding: utf-8, string: '{body}'}}
"""
    (tmp_path / "cassette.yaml").write_text(cassette)
    result = run(tmp_path, name="cassette.yaml")
    assert (result.exit_code, "cassette.yaml:3" in result.stdout, "body/id" in result.stdout) == (1, True, True)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.ndjson", '{"request": {"method": "GET"}, "response": {"status": 200}}', "'path' is missing"),
        ("a.ndjson", '{"request": {}, "response": {"status": 200}}', "'method' is missing"),
        ("a.json", "{}", "is no recording that is known here"),
        ("a.har", '{"log": {"entries": [{"request": {}}]}}', "no pair of request and response"),
    ],
)
def test_what_is_no_recording_is_refused_with_its_line(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match="is no") as refused:
        list(read_pairs(tmp_path / name))
    assert says in str(refused.value)
    assert refused.value.line == 1


def test_schemas_of_openapi_3_0_know_null_and_exclusive_bounds(tmp_path: Path) -> None:
    schema = {
        "properties": {"id": {"type": "string", "nullable": True}, "total": {"minimum": 0, "exclusiveMinimum": True}}
    }
    old = {**DOCUMENT, "openapi": "3.0.3", "components": {"schemas": {"Order": schema}}}
    assert wrong(tmp_path, got(body={"id": None, "total": 0}), old) == [("response", "body/total")]


def test_references_into_other_files_are_followed(tmp_path: Path) -> None:
    (tmp_path / "parts.json").write_text(json.dumps({"Order": ORDER}))
    split = {**DOCUMENT, "components": {"schemas": {"Order": {"$ref": "parts.json#/Order"}}}}
    assert wrong(tmp_path, got(body={"id": 7}), split) == [("response", "body/id")]


def test_another_kind_of_document_is_refused(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text("swagger: '2.0'\n")
    with pytest.raises(InputError, match="is no OpenAPI 3 document"):
        Api(str(tmp_path / "old.yaml"))
