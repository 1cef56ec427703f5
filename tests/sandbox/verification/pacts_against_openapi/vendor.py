"""A vendor's document, and pacts with it that differ in one thing."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from sandbox.verification.pacts_against_openapi.checking import Checked, check_pact
from sandbox.verification.pacts_against_openapi.operations import read_api
from sandbox.verification.pacts_against_openapi.pact_file import read_pact

LINE = {
    "type": "object",
    "required": ["sku", "quantity"],
    "properties": {"sku": {"type": "string"}, "quantity": {"type": "integer", "minimum": 1}},
}
ORDER: dict[str, Any] = {
    "type": "object",
    "required": ["id", "status", "lines", "total"],
    "properties": {
        "id": {"type": "string", "readOnly": True},
        "status": {"type": "string", "enum": ["open", "shipped"]},
        "total": {"type": "number"},
        "placed_at": {"type": "string", "format": "date-time"},
        "note": {"type": ["string", "null"]},
        "secret": {"type": "string", "writeOnly": True},
        "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
        "pay": {"oneOf": [{"$ref": "#/components/schemas/Card"}, {"$ref": "#/components/schemas/Invoice"}]},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
CARD = {"type": "object", "required": ["last4"], "properties": {"last4": {"type": "string", "pattern": "^[0-9]{4}$"}}}
INVOICE = {"type": "object", "required": ["days"], "properties": {"days": {"type": "integer"}}}
JSON = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}


def document() -> dict[str, Any]:
    """`GET /orders/{id}`, `GET /orders` and `POST /orders`, served below /v1."""
    get = {
        "parameters": [{"name": "X-Tenant", "in": "header", "required": True, "schema": {"type": "string"}}],
        "responses": {
            "200": {"description": "ok", "headers": {"ETag": {"schema": {"type": "string"}}}, **JSON},
            "404": {"description": "none"},
        },
    }
    found = [
        {"name": "status", "in": "query", "required": True, "schema": {"type": "string", "enum": ["open", "shipped"]}},
        {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}},
    ]
    listed = {"content": {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}}}
    number = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^O-"}}
    post = {"requestBody": {"required": True, **JSON}, "responses": {"2XX": {"description": "made", **JSON}}}
    told: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "vendor", "version": "2.0"},
        "servers": [{"url": "https://erp.example.com/v1"}],
        "paths": {
            "/orders/{id}": {"parameters": [number], "get": get},
            "/orders": {
                "get": {"parameters": found, "responses": {"200": {"description": "ok", **listed}}},
                "post": post,
            },
        },
        "components": {"schemas": {"Order": ORDER, "Line": LINE, "Card": CARD, "Invoice": INVOICE}},
    }
    return deepcopy(told)


def reading(body: Any = None, *, rules: Any = None, status: int = 200, path: str = "/orders/O-1") -> dict[str, Any]:
    """An interaction that reads an order."""
    response: dict[str, Any] = {"status": status}
    if body is not None:
        response["body"] = {"content": body, "contentType": "application/json", "encoded": False}
    if rules is not None:
        told = {path: {"combine": "AND", "matchers": [{"match": rule}]} for path, rule in rules.items()}
        response["matchingRules"] = {"body": told}
    request = {"method": "GET", "path": path, "headers": {"X-Tenant": ["acme"]}}
    return {"type": "Synchronous/HTTP", "description": "an order", "request": request, "response": response}


def placing(content: Any, **request: Any) -> dict[str, Any]:
    """An interaction that places an order."""
    body = {"content": content, "contentType": "application/json", "encoded": False}
    told = {"method": "POST", "path": "/orders", **({"body": body} if content is not None else {}), **request}
    return {"type": "Synchronous/HTTP", "description": "a new order", "request": told, "response": {"status": 201}}


def listing(**query: list[str]) -> dict[str, Any]:
    """An interaction that asks for orders."""
    request = {"method": "GET", "path": "/orders", "query": query}
    return {"type": "Synchronous/HTTP", "description": "orders", "request": request, "response": {"status": 200}}


def pact_of(*interactions: dict[str, Any], consumer: str = "shop", provider: str = "erp") -> dict[str, Any]:
    """A pact of specification 4."""
    return {
        "consumer": {"name": consumer},
        "provider": {"name": provider},
        "interactions": list(interactions),
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }


def checked(folder: Path, *interactions: dict[str, Any], told: dict[str, Any] | None = None) -> Checked:
    """Hold interactions against the vendor's document."""
    (folder / "openapi.json").write_text(json.dumps(told or document(), indent=1))
    (folder / "pact.json").write_text(json.dumps(pact_of(*interactions), indent=1))
    return check_pact(read_pact(str(folder / "pact.json")), read_api(str(folder / "openapi.json")))
