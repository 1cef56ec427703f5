"""Each system's OpenAPI document is sound, and its replies keep what it promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mock_systems.carrier.system import build_carrier
from mock_systems.commerce.system import build_commerce
from mock_systems.desk.system import build_desk
from mock_systems.erp.system import build_erp
from mock_systems.kit.face import asgi_app
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.wms.system import build_wms
from tests.mock_systems.shop import Shop, basket, opening

BUILDERS = {
    "carrier": build_carrier,
    "commerce": build_commerce,
    "desk": build_desk,
    "erp": build_erp,
    "wms": build_wms,
}
VERBS = ("get", "put", "post", "delete", "patch")


@pytest.fixture(scope="module", params=sorted(BUILDERS))
def system(request: pytest.FixtureRequest) -> MockSystem:
    built: MockSystem = BUILDERS[request.param](opening(), Streams(1))
    return built


@pytest.fixture(scope="module")
def document(system: MockSystem) -> dict[str, Any]:
    return asgi_app(system).openapi()


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for verb in VERBS:
            if verb in operations:
                yield path, verb, operations[verb]


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def test_it_is_openapi_3_1_and_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    for reference in _references(document):
        place = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


def test_each_route_is_an_operation_with_its_parameters_and_problems(
    system: MockSystem, document: dict[str, Any]
) -> None:
    told = {operation["operationId"]: (path, verb, operation) for path, verb, operation in _operations(document)}
    assert sorted(told) == sorted(route.operation for route in system.routes.routes)
    for route in system.routes.routes:
        path, verb, operation = told[route.operation]
        assert (path, verb.upper()) == (route.path, route.method)
        shown = [{"bearer": []}, {"api_key": []}, {"oauth2": [route.scope]}]
        assert operation.get("security", []) == (shown if route.scope else [])
        names = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
        assert names == {part[1:-1] for part in route.path.split("/") if part.startswith("{")}
        assert ("requestBody" in operation) == (route.body is not None)
        problems = {status for status in operation["responses"] if status >= "400"}
        assert {"429", "500", "503", *(("401", "403") if route.scope else ())} <= problems
        for status in problems - {str(status) for status, model in route.replies.items() if model is not None}:
            schema = operation["responses"][status]["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": f"#/components/schemas/Problem{status}"}
        if "201" in operation["responses"]:
            assert "Location" in operation["responses"]["201"]["headers"]


def test_the_security_schemes_are_those_of_the_door(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    assert schemes["bearer"]["scheme"] == "bearer"
    assert (schemes["api_key"]["in"], schemes["api_key"]["name"]) == ("header", "x-api-key")
    assert schemes["oauth2"]["flows"]["clientCredentials"]["tokenUrl"] == "/oauth/token"


def test_the_token_endpoint_takes_a_form_and_is_open_to_all(document: dict[str, Any]) -> None:
    operation = document["paths"]["/oauth/token"]["post"]
    assert list(operation["requestBody"]["content"]) == ["application/x-www-form-urlencoded"]
    error = operation["responses"]["401"]["content"]["application/json"]["schema"]
    assert error == {"$ref": "#/components/schemas/OAuthError"}


def test_webhooks_are_described(system: MockSystem, document: dict[str, Any]) -> None:
    assert sorted(document.get("webhooks", {})) == sorted([*system.topics, "subscription.validation"])
    for webhook in document.get("webhooks", {}).values():
        assert "requestBody" in webhook["post"]


def test_the_shops_replies_and_webhooks_keep_what_the_document_promises() -> None:
    shop = Shop()
    document = asgi_app(shop.system).openapi()
    shop.buy("r1", CUP=2)
    order = "/orders/W-000001"
    line = {"line": 1, "sku": "CUP", "quantity": 1}
    exchanges = [
        ("/orders", "post", shop.buy("r1", CUP=2)),
        ("/orders", "post", shop.buy("r2", LAMP=99)),
        ("/orders", "get", shop.call("GET", "/orders")),
        ("/orders/{order}", "get", shop.call("GET", order)),
        ("/orders/{order}/status", "post", shop.call("POST", f"{order}/status", {"status": "shipped", "version": 2})),
        (
            "/orders/{order}/fulfilments",
            "post",
            shop.call("POST", f"{order}/fulfilments", {"reference": "O", "tracking": "T", "lines": [line]}),
        ),
        ("/orders/{order}/fulfilments", "get", shop.call("GET", f"{order}/fulfilments")),
        (
            "/orders/{order}/captures",
            "post",
            shop.call("POST", f"{order}/captures", {"amount_minor": 5, "reference": "I"}),
        ),
        ("/orders/{order}/captures", "get", shop.call("GET", f"{order}/captures")),
        ("/orders/{order}/cancellation", "post", shop.call("POST", f"{order}/cancellation", {"reason": "x"})),
        ("/stock", "post", shop.call("POST", "/stock", {"watermark": 1, "items": []})),
        ("/stock", "post", shop.call("POST", "/stock", {"watermark": -1, "items": []})),
        ("/stock", "get", shop.call("GET", "/stock")),
        ("/catalogue", "get", shop.call("GET", "/catalogue", token="wrong")),
        ("/catalogue", "get", shop.call("GET", "/catalogue")),
    ]
    for path, verb, reply in exchanges:
        told = document["paths"][path][verb]["responses"][str(reply.status)]
        media = reply.headers.get("content-type", "application/json")
        _validate(document, told["content"][media]["schema"], reply.body)
    event = {"type": "order.created", "timestamp_us": 1, "data": shop.call("GET", order).body}
    schema = document["webhooks"]["order.created"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    _validate(document, schema, event)


def _validate(document: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    Draft202012Validator({**schema, "components": document["components"]}).validate(value)


def test_a_wrong_reply_would_be_noticed() -> None:
    document = asgi_app(Shop().system).openapi()
    with pytest.raises(Exception, match="required property"):
        _validate(document, {"$ref": "#/components/schemas/Order"}, basket("r1", CUP=1))
