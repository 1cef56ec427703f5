"""Each rule of HTTP contracts on a pair that differs in that alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.verification.diff.rules.answers import ANSWER_RULES
from sandbox.verification.diff.rules.operations import OPERATION_RULES
from sandbox.verification.diff.rules.security import SECURITY_RULES
from sandbox.verification.diff.rules.table import BY_ID
from tests.sandbox.verification.diff.pairs import answering, api, asking, found, with_parameter

TEXT: dict[str, Any] = {"type": "string"}
SECOND = {"get": {"operationId": "second", "responses": {}}}
OLD = api()
KEY, BASIC, BEARER = ({"type": "apiKey", "in": "header", "name": "key"}, {"type": "http", "scheme": "basic"},
                      {"type": "http", "scheme": "bearer"})  # fmt: skip


def and_path(*operations: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """An API with further paths."""
    told = api()
    return {**told, "paths": {**told["paths"], **dict(operations)}}


def statuses(*codes: str) -> dict[str, Any]:
    """An API that answers with these."""
    return api({"responses": {code: {"description": code} for code in codes}})


def header(**marks: Any) -> dict[str, Any]:
    """An API whose answer has a header."""
    return answering(TEXT, headers={"X-Page": {"schema": TEXT, **marks}})


def media(*names: str, asked: bool = False) -> dict[str, Any]:
    """An API with bodies of these media types."""
    content = {name: {"schema": TEXT} for name in names}
    body = (
        {"requestBody": {"content": content}}
        if asked
        else {"responses": {"200": {"description": "ok", "content": content}}}
    )
    return api(body)


def secured(*ways: dict[str, list[str]], **schemes: dict[str, Any]) -> dict[str, Any]:
    """An API that asks for one of these."""
    known = {"key": KEY, "basic": BASIC, "bearer": BEARER, **schemes}
    return api({"security": list(ways)}, components={"securitySchemes": known})


def oauth(**flows: Any) -> dict[str, Any]:
    """An API behind OAuth."""
    return secured({"oauth": []}, oauth={"type": "oauth2", "flows": flows})


def webhook(**hooks: Any) -> dict[str, Any]:
    """An API with webhooks."""
    return api(
        webhooks={
            name: {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}}
            for name, schema in hooks.items()
        }
    )


LIST = {"schema": {"type": "array", "items": TEXT}}
PASSWORD = {"tokenUrl": "https://a.example/token", "scopes": {}}
CASES: list[tuple[str, str, Any, Any]] = [
    ("api-path-removed-without-deprecation", "breaking", and_path(("/items", SECOND)), OLD),
    ("api-path-removed-with-deprecation", "dangerous",
     and_path(("/items", {"get": {**SECOND["get"], "deprecated": True}})), OLD),
    ("api-removed-without-deprecation", "breaking",
     and_path(("/items", {**SECOND, "put": {}})), and_path(("/items", SECOND))),
    ("api-removed-with-deprecation", "dangerous",
     and_path(("/items", {**SECOND, "put": {"deprecated": True}})), and_path(("/items", SECOND))),
    ("endpoint-added", "safe", OLD, and_path(("/items", SECOND))),
    ("endpoint-deprecated", "safe", OLD, api({"deprecated": True})),
    ("endpoint-reactivated", "safe", api({"deprecated": True}), OLD),
    ("api-operation-id-removed", "dangerous", OLD, api({"operationId": "other"})),
    ("api-operation-id-added", "safe", api({"operationId": None}), OLD),
    ("server-removed", "dangerous", api(servers=[{"url": "https://a"}, {"url": "https://b"}]), api(servers=[{"url": "https://b/"}])),
    ("server-added", "safe", api(servers=[{"url": "https://b"}]), api(servers=[{"url": "https://a"}, {"url": "https://b"}])),
    ("new-required-request-parameter", "breaking", OLD, with_parameter({"required": True})),
    ("new-optional-request-parameter", "safe", OLD, with_parameter({})),
    ("request-parameter-removed", "breaking", with_parameter({}), OLD),
    ("request-parameter-removed-with-deprecation", "dangerous", with_parameter({"deprecated": True}), OLD),
    ("request-parameter-style-changed", "breaking",
     with_parameter(LIST), with_parameter({**LIST, "style": "pipeDelimited", "explode": True})),
    ("request-parameter-explode-changed", "breaking", with_parameter(LIST), with_parameter({**LIST, "explode": False})),
    ("request-parameter-explode-without-effect", "safe", with_parameter({}), with_parameter({"explode": False})),
    ("request-parameter-media-type-changed", "breaking",
     with_parameter({}), with_parameter({"schema": None, "content": {"text/json": {"schema": TEXT}}})),
    ("request-parameter-allow-empty-value-removed", "breaking",
     with_parameter({"allowEmptyValue": True}), with_parameter({})),
    ("request-parameter-allow-empty-value-added", "safe",
     with_parameter({}), with_parameter({"allowEmptyValue": True})),
    ("request-parameter-became-required", "breaking", with_parameter({}), with_parameter({"required": True})),
    ("request-parameter-became-optional", "safe", with_parameter({"required": True}), with_parameter({})),
    ("request-parameter-type-generalized", "safe", with_parameter({"schema": {"type": "integer"}}), with_parameter({})),
    ("request-parameter-max-length-set", "breaking",
     with_parameter({}), with_parameter({"schema": {**TEXT, "maxLength": 3}})),
    ("request-body-added-required", "breaking", OLD, asking(TEXT, required=True)),
    ("request-body-added-optional", "safe", OLD, asking(TEXT)),
    ("request-body-removed", "breaking", asking(TEXT), OLD),
    ("request-body-became-required", "breaking", asking(TEXT), asking(TEXT, required=True)),
    ("request-body-media-type-added", "safe", media("a/b", asked=True), media("a/b", "a/c", asked=True)),
    ("request-body-media-type-removed", "breaking", media("a/b", "a/c", asked=True), media("a/b", asked=True)),
    ("response-success-status-removed", "breaking", statuses("200", "201"), statuses("200")),
    ("response-success-status-added", "dangerous", statuses("200"), statuses("200", "202")),
    ("response-non-success-status-removed", "dangerous", statuses("200", "404"), statuses("200")),
    ("response-non-success-status-added", "safe", statuses("200"), statuses("200", "404")),
    ("response-media-type-added", "safe", media("a/b"), media("a/b", "a/c")),
    ("response-media-type-removed", "breaking", media("a/b", "a/c"), media("a/b")),
    ("required-response-header-removed", "breaking", header(required=True), answering(TEXT)),
    ("optional-response-header-removed", "breaking", header(), answering(TEXT)),
    ("response-header-added", "safe", answering(TEXT), header()),
    ("response-header-became-optional", "breaking", header(required=True), header()),
    ("response-header-became-required", "safe", header(), header(required=True)),
    ("response-header-explode-changed", "breaking", header(**LIST), header(**LIST, explode=True)),
    ("response-header-explode-without-effect", "safe", header(), header(explode=True)),
    ("api-security-became-required", "breaking", OLD, secured({"key": []})),
    ("api-security-lifted", "safe", secured({"key": []}), OLD),
    ("api-security-removed", "breaking", secured({"key": []}, {"basic": []}), secured({"basic": []})),
    ("api-security-added", "safe", secured({"key": []}), secured({"key": []}, {"basic": []})),
    ("api-security-scheme-added", "breaking", secured({"key": []}), secured({"key": [], "basic": []})),
    ("api-security-scope-added", "breaking", secured({"key": ["read"]}), secured({"key": ["read", "write"]})),
    ("api-security-scope-removed", "safe", secured({"key": ["read", "write"]}), secured({"key": ["read"]})),
    ("api-security-component-type-changed", "breaking", secured({"key": []}), secured({"key": []}, key=BASIC)),
    ("api-security-component-place-changed", "breaking",
     secured({"key": []}), secured({"key": []}, key={**KEY, "in": "query"})),
    ("api-security-component-scheme-changed", "breaking", secured({"basic": []}), secured({"basic": []}, basic=BEARER)),
    ("api-security-component-bearer-format-changed", "dangerous",
     secured({"bearer": []}), secured({"bearer": []}, bearer={**BEARER, "bearerFormat": "JWT"})),
    ("api-security-component-oauth-url-changed", "breaking",
     oauth(password=PASSWORD), oauth(password={**PASSWORD, "tokenUrl": "https://b.example"})),
    ("api-security-component-oauth-flow-removed", "breaking",
     oauth(password=PASSWORD, clientCredentials=PASSWORD), oauth(password=PASSWORD)),
    ("api-security-component-oauth-flow-added", "safe",
     oauth(password=PASSWORD), oauth(password=PASSWORD, clientCredentials=PASSWORD)),
    ("webhook-removed", "breaking", webhook(shipped=TEXT), OLD),
    ("webhook-added", "safe", OLD, webhook(shipped=TEXT)),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "severity", "old", "new"), CASES)
def test_a_rule_finds_its_change(rule: str, severity: str, old: Any, new: Any, tmp_path: Path) -> None:
    told = found(tmp_path, old, new)
    assert list(told) == [rule]
    assert told[rule].severity.value == severity
    assert told[rule].operations or rule.startswith("server")
    assert told[rule].place.pointer
    assert told[rule].place.line > 1


def test_every_rule_of_http_has_its_case() -> None:
    rules = {rule.name for rule in (*OPERATION_RULES, *ANSWER_RULES, *SECURITY_RULES)} - {"api-version-not-bumped"}
    assert rules <= {BY_ID[rule].name for rule, _, _, _ in CASES}


def test_breaking_under_the_same_version_is_told(tmp_path: Path) -> None:
    from tests.sandbox.verification.diff.pairs import compared

    told = compared(tmp_path, asking(TEXT), OLD)
    assert [change.rule for change in told.changes] == ["request-body-removed", "api-version-not-bumped"]
    other = {**OLD, "info": {"title": "t", "version": "2"}}
    assert [change.rule for change in compared(tmp_path, asking(TEXT), other).changes] == ["request-body-removed"]


def test_a_webhooks_body_is_read_by_consumers(tmp_path: Path) -> None:
    told = found(tmp_path, webhook(shipped={"enum": ["a"]}), webhook(shipped={"enum": ["a", "b"]}))
    assert told["response-body-enum-value-added"].severity.value == "breaking"


def test_the_answer_to_a_webhook_is_written_by_consumers(tmp_path: Path) -> None:
    def answered(schema: Any) -> dict[str, Any]:
        return api(webhooks={"shipped": {"post": answering(schema)["paths"]["/orders"]["get"]}})

    told = found(tmp_path, answered({"enum": ["a", "b"]}), answered({"enum": ["a"]}))
    assert {rule: change.severity.value for rule, change in told.items()} == {
        "request-body-enum-value-removed": "breaking"
    }


def test_the_name_of_a_path_parameter_is_nobodys_business(tmp_path: Path) -> None:
    def one(name: str, kind: str) -> dict[str, Any]:
        parameter = {"name": name, "in": "path", "required": True, "schema": {"type": kind}}
        return {**api(), "paths": {f"/orders/{{{name}}}": {"get": {"parameters": [parameter], "responses": {}}}}}

    assert found(tmp_path, one("id", "string"), one("number", "string")) == {}
    assert list(found(tmp_path, one("id", "string"), one("number", "integer"))) == [
        "request-parameter-type-specialized"
    ]


def test_a_range_or_default_speaks_for_a_status(tmp_path: Path) -> None:
    assert found(tmp_path, statuses("200", "404"), statuses("200", "default")) == {}
    assert found(tmp_path, statuses("200", "4XX"), statuses("200", "404", "4XX")) == {}


def test_a_moved_operation_is_named(tmp_path: Path) -> None:
    moved = {**OLD, "paths": {"/v2/orders": OLD["paths"]["/orders"]}}
    told = found(tmp_path, OLD, moved)["api-path-removed-without-deprecation"]
    assert told.text == "the path was removed; its operationId list is now GET /v2/orders"


def test_what_many_operations_share_is_one_change(tmp_path: Path) -> None:
    def many(schema: Any) -> dict[str, Any]:
        told = answering({"$ref": "#/components/schemas/Order"})
        path = told["paths"]["/orders"]
        return {**told, "paths": {"/orders": path, "/returns": path}, "components": {"schemas": {"Order": schema}}}

    order = {"type": "object", "properties": {"total": TEXT}, "required": ["total"]}
    told = found(tmp_path, many(order), many({**order, "properties": {"total": {"type": "integer"}}}))
    assert list(told) == ["response-property-type-changed"]
    assert told["response-property-type-changed"].operations == ("GET /orders", "GET /returns")
    assert told["response-property-type-changed"].place.pointer == "/components/schemas/Order/properties/total/type"
    assert told["response-property-type-changed"].subjects == ("200/total",)
