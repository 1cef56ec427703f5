"""One pair held against the operation that it means: parameters and body of the request, then the response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from typing import Any, NamedTuple

from sandbox.verification.documents.document import Node
from sandbox.verification.messages.optional import Reason
from sandbox.verification.recorded.api import Api, Operation
from sandbox.verification.recorded.pair import Body, Pair

REQUEST, RESPONSE = "request", "response"


class Wrong(NamedTuple):
    """Something wrong with one side of a pair: where in it (`query/limit`, `body/lines/0`), why, and by which rule."""

    side: str
    where: str
    reason: str
    rule: Node


def check_pair(pair: Pair, operation: Operation, api: Api) -> list[Wrong]:
    """All that is wrong with it. Raises InputError where the document is broken."""
    request = [*_parameters(pair, operation, api), *_request_body(pair, operation, api)]
    # What is refused may be wrong: the answer is right then, and who asked knows it.
    return [*([] if 400 <= pair.status < 500 else request), *_response(pair, operation, api)]


def _parameters(pair: Pair, operation: Operation, api: Api) -> Iterator[Wrong]:
    in_path, known = operation.values(pair.path), set()
    for node in operation.parameters:
        name, place = node.text("name") or "", node.text("in") or ""
        if place == "query":
            known.add(name)
            given = [value for key, value in pair.query if key == name]
        elif place == "path":
            given = [in_path[name]] if name in in_path else []
        elif place == "header" and name.lower() not in ("accept", "content-type", "authorization"):
            given = [pair.headers[name.lower()]] if name.lower() in pair.headers else []
        else:
            continue
        yield from _values(f"{place}/{name}", REQUEST, node, given, api)
    for key in dict.fromkeys(key for key, _ in pair.query):
        # Objects are spread over names of their own, so with one nothing can be said of the others.
        if key not in known and not any(_is_object(node, api) for node in operation.parameters):
            yield Wrong(REQUEST, f"query/{key}", "the operation has no such parameter", operation.node)


def _is_object(node: Node, api: Api) -> bool:
    schema = node.get("schema")
    return node.text("in") == "query" and schema is not None and "object" in _types(schema, api)


def _values(where: str, side: str, node: Node, given: list[str], api: Api) -> Iterator[Wrong]:
    """A parameter or header, by its schema; texts are read as what the schema wants."""
    if not given:
        if node.flag("required"):
            yield Wrong(side, where, "is required, and missing", node)
        return
    schema = node.get("schema")
    if schema is None or "object" in (types := _types(schema, api)):
        return
    value: Any = _read(given[0], types)
    if "array" in types:
        parts = given if node.text("in") == "query" and node.value.get("explode", True) else given[0].split(",")
        items = schema.get("items") or api.library.resolved(schema).get("items")
        value = [_read(part, _types(items, api) if items is not None else set()) for part in parts]
    yield from _wrong(side, where, schema, api.reasons(schema, value))


def _types(schema: Node, api: Api) -> set[str]:
    """Which types a value may have, as far as the schema says so at its top."""
    schema = api.library.resolved(schema)
    found = schema.value.get("type") if isinstance(schema.value, Mapping) else None
    types = set(found) if isinstance(found, list) else {found} if isinstance(found, str) else set()
    for key in ("anyOf", "oneOf", "allOf"):
        for one in schema.sequence(key):
            types |= _types(one, api)
    return types


def _read(text: str, types: set[str]) -> Any:
    for kind, make in (("integer", int), ("number", float)):
        if kind in types:
            try:
                return make(text)
            except ValueError:
                continue
    if "boolean" in types and text in ("true", "false"):
        return text == "true"
    return None if text == "" and "null" in types else text


def _request_body(pair: Pair, operation: Operation, api: Api) -> Iterator[Wrong]:
    node = operation.node.get("requestBody")
    if node is None:
        if pair.body.text is not None:
            yield Wrong(REQUEST, "body", "the operation takes none", operation.node)
        return
    node = api.library.resolved(node)
    if pair.body.text is None:
        if node.flag("required"):
            yield Wrong(REQUEST, "body", "is required, and missing", node)
        return
    yield from _body(REQUEST, pair.body, node, api)


def _response(pair: Pair, operation: Operation, api: Api) -> Iterator[Wrong]:
    responses = dict(operation.node.mapping("responses"))
    keys = (str(pair.status), f"{str(pair.status)[0]}XX", f"{str(pair.status)[0]}xx", "default")
    node = next((responses[key] for key in keys if key in responses), None)
    if node is None:
        told = f"{pair.status} is none of the statuses that it may have: {', '.join(responses)}"
        yield Wrong(RESPONSE, "status", told, operation.node)
        return
    node = api.library.resolved(node)
    for name, header in node.mapping("headers"):
        if name.lower() != "content-type":
            given = [pair.reply_headers[name.lower()]] if name.lower() in pair.reply_headers else []
            yield from _values(f"header/{name}", RESPONSE, api.library.resolved(header), given, api)
    if not node.mapping("content"):
        return
    if pair.reply_body.text is None:
        if pair.method != "HEAD":
            yield Wrong(RESPONSE, "body", "there is none, and a body was promised", node)
        return
    yield from _body(RESPONSE, pair.reply_body, node, api)


def _body(side: str, body: Body, node: Node, api: Api) -> Iterator[Wrong]:
    contents = {key.partition(";")[0].strip().lower(): below for key, below in node.mapping("content")}
    content = contents.get(body.media) or next((contents[key] for key in contents if fnmatch(body.media, key)), None)
    if content is None:
        told = f"{body.media or 'no content type'} is none of those declared: {', '.join(contents)}"
        yield Wrong(side, "header/content-type", told, node)
        return
    schema = content.get("schema")
    if schema is None or not body.is_json:
        return
    try:
        value = body.value()
    except ValueError:
        yield Wrong(side, "body", "is not JSON", content)
        return
    yield from _wrong(side, "body", schema, api.reasons(schema, value))


def _wrong(side: str, where: str, schema: Node, reasons: list[Reason]) -> Iterator[Wrong]:
    for reason in reasons:
        yield Wrong(side, f"{where}{reason.pointer}", reason.text, schema)
