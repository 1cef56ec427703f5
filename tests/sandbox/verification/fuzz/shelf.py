"""A small API with shelves, kept in memory, and the ways in which it can be made to break its contract."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from sandbox.verification.fuzz.target import Target

_SHELF: Final = {"$ref": "#/components/schemas/Shelf"}
_PROBLEM: Final = {
    "description": "refused",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
DOCUMENT: Final[dict[str, Any]] = {
    "openapi": "3.1.0",
    "info": {"title": "shelves", "version": "3"},
    "paths": {
        "/shelves": {
            "post": {
                "operationId": "putOnShelf",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewShelf"}}},
                },
                "responses": {
                    "201": {"description": "made", "content": {"application/json": {"schema": _SHELF}}},
                    **dict.fromkeys(("400", "422"), _PROBLEM),
                },
            }
        },
        "/shelves/{shelf}": {
            "get": {
                "operationId": "getShelf",
                "parameters": [{"name": "shelf", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {"description": "found", "content": {"application/json": {"schema": _SHELF}}},
                    "404": _PROBLEM,
                },
            }
        },
    },
    "components": {
        "schemas": {
            "NewShelf": {
                "type": "object",
                "additionalProperties": False,
                "required": ["sku", "quantity"],
                "properties": {
                    "sku": {"type": "string", "minLength": 1, "maxLength": 8},
                    "quantity": {"type": "integer", "minimum": 0, "maximum": 1000},
                },
            },
            "Shelf": {
                "type": "object",
                "required": ["shelf", "sku", "quantity"],
                "properties": {
                    "shelf": {"type": "string"},
                    "sku": {"type": "string"},
                    "quantity": {"type": "integer"},
                },
            },
            "Problem": {
                "type": "object",
                "required": ["type", "status"],
                "properties": {
                    "type": {"type": "string", "x-extensible-enum": ["urn:problem:unknown-item"]},
                    "status": {"type": "integer"},
                },
            },
        }
    },
}


class Shelves:
    """An ASGI app. `defect` is what is wrong with it: the names are those of the tests' parameters."""

    def __init__(self, defect: str = "") -> None:
        self.defect = defect
        self._kept: dict[str, dict[str, Any]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError("this app has no life span")
        body = (await receive())["body"]
        status, answer, headers = self._answer(scope["method"], scope["path"], body)
        media = "application/json" if status < 400 else "application/problem+json"
        if self.defect == "wrong media type":
            media = "text/plain"
        told = {"content-type": media, **headers}
        raw = [(name.encode(), value.encode()) for name, value in told.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _answer(self, method: str, path: str, body: bytes) -> tuple[int, Any, dict[str, str]]:
        if path == "/shelves":
            if method != "POST":
                allow = {} if self.defect == "no allow header" else {"allow": "POST"}
                return *_problem(405, "method-not-allowed"), allow
            return *self._put(body), {}
        if method != "GET":
            return *_problem(405, "method-not-allowed"), {"allow": "GET"}
        found = self._kept.get(path.removeprefix("/shelves/"))
        if found is None:
            return *_problem(404, "unknown-shelf"), {}
        return 200, found, {}

    def _put(self, body: bytes) -> tuple[int, Any]:
        try:
            given = json.loads(body)
        except ValueError:
            return _problem(400, "malformed-json")
        if not _fits(given) and not (self.defect == "takes anything" and isinstance(given, dict)):
            return _problem(422, "invalid-request")
        if self.defect == "refuses what it promises" and given["quantity"] > 500:
            return _problem(422, "too-many")
        if self.defect == "fails on odd input" and given["quantity"] % 7 == 3:
            return _problem(500, "system-error")
        if self.defect == "knows two items" and given["sku"] not in ("CUP", "LAMP"):
            return _problem(422, "unknown-item")
        shelf = {"shelf": f"S{len(self._kept) + 1}", "sku": given.get("sku"), "quantity": given.get("quantity")}
        if self.defect == "undeclared type":
            shelf["quantity"] = str(shelf["quantity"])
        self._kept[shelf["shelf"]] = shelf
        return 202 if self.defect == "undeclared status" else 201, shelf


def _fits(given: Any) -> bool:
    if not isinstance(given, dict) or set(given) != {"sku", "quantity"}:
        return False
    sku, quantity = given["sku"], given["quantity"]
    if isinstance(quantity, float) and quantity.is_integer():
        given["quantity"] = quantity = int(quantity)
    whole = isinstance(quantity, int) and not isinstance(quantity, bool) and 0 <= quantity <= 1000
    return whole and isinstance(sku, str) and 1 <= len(sku) <= 8


def _problem(status: int, code: str) -> tuple[int, Any]:
    return status, {"type": f"urn:problem:{code}", "status": status}


def shelves(defect: str = "", **more: Any) -> Target:
    """The API as a target."""
    return Target("shelves", deepcopy(DOCUMENT), "http://shelves.test", app=Shelves(defect), **more)
