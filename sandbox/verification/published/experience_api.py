"""The OpenAPI 3.1 document of the core's own API, from the operations that it is dispatched by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from mock_systems.kit.document import Problem
from mock_systems.kit.problems import problem_schema
from mock_systems.kit.wire import PROBLEM_JSON
from sandbox.core.experience.operations import OPERATIONS, Operation
from sandbox.worlds.live.core.edge_operations import AS_TEXT, EDGE_OPERATIONS, OPEN_TO_ALL

VERSION: Final = "1.1.0"
_REF: Final = "#/components/schemas/{model}"
_WEBHOOK: Final = "receiveWebhook"
_DESCRIPTIONS: Final = {
    200: "Done", 202: "Taken", 204: "Taken; nobody reads this topic", 400: "The body is not JSON",
    401: "No token, or no signature, that is known here", 404: "There is no such thing",
    409: "Refused as things stand", 413: "The body is too large", 422: "It still cannot be read",
    500: "The core failed at this", 503: "Not now; come again in a moment",
}  # fmt: skip
# What comes before any operation: reading the bytes, the gate, the hub that is starting.
_BEFORE: Final = {
    400: ("malformed-json",),
    413: ("content-too-large",),
    500: ("internal-error",),
    503: ("journal-away", "starting", "worker-away"),
}
_SIGNED: Final = (
    ("webhook-id", "the same in each attempt"),
    ("webhook-timestamp", "seconds since 1970 of this attempt"),
    ("webhook-signature", "Standard Webhooks, over the raw body"),
)


def experience_api() -> dict[str, Any]:
    """The document."""
    operations = (*OPERATIONS, *EDGE_OPERATIONS)
    refusals = {operation.name: _refusals(operation) for operation in operations}
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation, refusals[operation.name])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "sync core",
            "version": VERSION,
            "description": "The core's own API: webhooks in, and for people and channels the status of orders and "
            "what could not be solved.",
        },
        "paths": paths,
        "components": {
            "schemas": {**_models(operations), **_problems(list(refusals.values()))},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": "The core's token."}},
        },
    }


def _refusals(operation: Operation) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {status: set(codes) for status, codes in operation.refusals.items()}
    if operation.name in OPEN_TO_ALL:
        return found
    for status, codes in _BEFORE.items():
        found.setdefault(status, set()).update(codes)
    if operation.name == _WEBHOOK:
        found[401], found[404] = {"bad-signature"}, {"unknown-system"}
    else:
        found[401] = {"unauthenticated"}
    return found


def _described(operation: Operation, refusals: dict[int, set[str]]) -> dict[str, Any]:
    told: dict[str, Any] = {"operationId": operation.name, "summary": operation.summary}
    if parameters := _parameters(operation):
        told["parameters"] = parameters
    if operation.name == _WEBHOOK:
        told["requestBody"] = {
            "required": True,
            "description": "An event of the system, as its contract has it; whatever cannot be read is put aside",
            "content": {"application/json": {"schema": {}}},
        }
    elif operation.name not in OPEN_TO_ALL:
        told["security"] = [{"bearer": []}]
    told["responses"] = {str(status): _reply(operation, status) for status in sorted(operation.replies)}
    for status, codes in sorted(refusals.items()):
        schema = {"$ref": _REF.format(model=_problem_name(status, codes))}
        told["responses"][str(status)] = {
            "description": _DESCRIPTIONS[status],
            "content": {PROBLEM_JSON: {"schema": schema}},
        }
        if status == 401 and operation.name != _WEBHOOK:
            header = {"description": "How to ask", "schema": {"type": "string"}, "required": True}
            told["responses"]["401"]["headers"] = {"WWW-Authenticate": header}
    return told


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    text = {"type": "string"}
    parts = operation.path.strip("/").split("/")
    in_path = [
        {"name": part[1:-1], "in": "path", "required": True, "schema": text} for part in parts if part.startswith("{")
    ]
    query = [
        {"name": name, "in": "query", "description": says, "schema": text} for name, says in operation.query.items()
    ]
    signed = _SIGNED if operation.name == _WEBHOOK else ()
    headers = [
        {"name": name, "in": "header", "required": True, "description": says, "schema": text} for name, says in signed
    ]
    return [*in_path, *query, *headers]


def _reply(operation: Operation, status: int) -> dict[str, Any]:
    reply: dict[str, Any] = {"description": _DESCRIPTIONS[status]}
    model = operation.replies[status]
    if operation.name in AS_TEXT:
        reply["content"] = {"text/plain": {"schema": {"type": "string"}}}
    elif model is not None:
        reply["content"] = {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}
    if operation.links:
        reply["links"] = {
            name: {
                "operationId": name,
                "parameters": {parameter: f"$response.body#{at}" for parameter, at in found.items()},
            }
            for name, found in operation.links.items()
        }
    return reply


def _models(operations: Sequence[Operation]) -> dict[str, Any]:
    models: list[type[BaseModel]] = [Problem]
    models += [model for operation in operations for model in operation.replies.values() if model is not None]
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    return dict(schemas["$defs"])


def _problem_name(status: int, codes: set[str]) -> str:
    """Problems of one status differ from operation to operation: webhooks are refused for other reasons."""
    own = codes - set(_BEFORE.get(status, ()))
    return f"Problem{status}" + "".join(part.capitalize() for code in sorted(own) for part in code.split("-"))


def _problems(refusals: Sequence[dict[int, set[str]]]) -> dict[str, Any]:
    return {
        _problem_name(status, codes): problem_schema(status, codes, _REF.format(model="Problem"))
        for one in refusals
        for status, codes in one.items()
    }
