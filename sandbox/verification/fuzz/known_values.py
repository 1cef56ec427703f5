"""Values that mean something to the API, laid over the contract that the tests are drawn from.

A drawn SKU is never sold, so an API that is only sent drawn values is only seen refusing. A field or parameter whose
name has known values gets them as examples (for the coverage phase), and is drawn from them as a rule (for the others).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sandbox.verification.fuzz.operations import Operation, operations_of
from sandbox.verification.fuzz.references import resolved
from sandbox.verification.fuzz.target import Values

_LIKELY: Final = 0.9
_NEARLY_ALWAYS: Final = 0.97
_DEEPEST: Final = 8


def with_examples(document: dict[str, Any], values: Values, states: Mapping[str, Values]) -> dict[str, Any]:
    """A copy of the document in which fields and parameters with known values show them as examples."""
    if not values and not states:
        return document
    shown = copy.deepcopy(document)
    stack: list[Any] = [shown.get("paths"), shown.get("components"), shown.get("definitions")]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack += value
        elif isinstance(value, dict):
            _show(value, values)
            stack += value.values()
    for operation in operations_of(shown):
        own = states.get(operation.operation_id or "")
        if own:
            _show_to_one(shown, operation.definition, own)
    return shown


def _show_to_one(document: dict[str, Any], definition: dict[str, Any], values: Values) -> None:
    """Show values in one operation alone: schemas that it shares are written out in it."""
    for parameter in definition.get("parameters", ()):
        _show(parameter, values)
    for media in resolved(document, resolved(document, definition.get("requestBody")).get("content")).values():
        media["schema"] = _written_out(document, media.get("schema"), values, 0)


def _written_out(document: dict[str, Any], schema: Any, values: Values, depth: int) -> Any:
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return schema
    own = dict(resolved(document, schema))
    for name in ("properties", "items", "allOf", "anyOf", "oneOf"):
        inner = own.get(name)
        if name == "properties" and isinstance(inner, dict):
            own[name] = {key: _written_out(document, one, values, depth + 1) for key, one in inner.items()}
        elif isinstance(inner, list):
            own[name] = [_written_out(document, one, values, depth + 1) for one in inner]
        elif inner is not None:
            own[name] = _written_out(document, inner, values, depth + 1)
    _show(own, values)
    return own


def _show(value: dict[str, Any], values: Values) -> None:
    name, schema = value.get("name"), value.get("schema")
    if "in" in value and isinstance(name, str) and isinstance(schema, dict) and name in values:
        schema["examples"] = list(values[name])
    properties = value.get("properties")
    for field, inner in properties.items() if isinstance(properties, dict) else ():
        if field in values and isinstance(inner, dict) and "$ref" not in inner and "enum" not in inner:
            inner["examples"] = list(values[field])


def bindings(document: dict[str, Any], values: Values, states: Mapping[str, Values]) -> dict[str, Any]:
    """Schemathesis' settings by which known values are drawn: `dictionaries`, and `parameters` that use them."""
    dictionaries: dict[str, Any] = {}
    places: dict[str, Any] = {}
    narrow: list[dict[str, Any]] = []
    for operation in operations_of(document):
        own = states.get(operation.operation_id or "", {})
        found = set(_places(document, operation))
        places.update(_bound(found, values, "", dictionaries, _LIKELY))
        if own:
            overrides = _bound(found, own, f"{operation.operation_id}.", dictionaries, _NEARLY_ALWAYS)
            narrow.append({"include-operation-id": operation.operation_id, "parameters": overrides})
    return {"dictionaries": dictionaries, "parameters": places, "operations": narrow}


def _bound(
    found: Iterable[tuple[str, str]], values: Values, prefix: str, dictionaries: dict[str, Any], likely: float
) -> dict[str, Any]:
    bound = {}
    for where, name in sorted(found):
        if values.get(name):
            dictionaries[prefix + name] = {"values": list(values[name])}
            bound[where] = {"dictionary": prefix + name, "probability": likely}
    return bound


def _places(document: dict[str, Any], operation: Operation) -> Iterator[tuple[str, str]]:
    """`query.sku`, `body.lines[*].sku` and so on, each with its last name."""
    item = document["paths"][operation.pointer[1]]
    for given in (*item.get("parameters", ()), *operation.definition.get("parameters", ())):
        parameter = resolved(document, given)
        if isinstance(parameter.get("name"), str) and parameter.get("in") in ("path", "query", "header"):
            yield f"{parameter['in']}.{parameter['name']}", parameter["name"]
    body = resolved(document, operation.definition.get("requestBody"))
    for media in resolved(document, body.get("content")).values():
        yield from _fields(document, resolved(document, media).get("schema"), "body", 0)


def _fields(document: dict[str, Any], schema: Any, where: str, depth: int) -> Iterator[tuple[str, str]]:
    schema = resolved(document, schema)
    if depth > _DEEPEST:
        return
    for part in ("allOf", "anyOf", "oneOf"):
        for branch in schema.get(part) or ():
            yield from _fields(document, branch, where, depth + 1)
    if isinstance(schema.get("items"), dict) and where != "body":
        yield from _fields(document, schema["items"], f"{where}[*]", depth + 1)
    for name, inner in resolved(document, schema.get("properties")).items():
        if _can_be_addressed(name):
            yield f"{where}.{name}", name
            yield from _fields(document, inner, f"{where}.{name}", depth + 1)


def _can_be_addressed(name: str) -> bool:
    return bool(name) and all(letter.isalnum() or letter in "_-" for letter in name)
