"""Pact files, specification 2 to 4, read into one model. Each part keeps the place where it is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from sandbox.verification.documents.document import Document, Node
from sandbox.verification.documents.json_tree import parse_json
from sandbox.verification.documents.text import full_place, read_text

_KINDS = {"Asynchronous/Messages": "message", "Synchronous/Messages": "message", "Synchronous/HTTP": "http"}


@dataclass(frozen=True, slots=True)
class Part:
    """A request or a response. `body` is None where none is expected; `rules` are its matching rules as written.

    Header names are in lower case. `opaque` is a body that is no JSON value: its type and text alone are known.
    """

    node: Node
    headers: Mapping[str, str]
    body: Node | None
    content_type: str | None
    opaque: bool
    rules: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Interaction:
    """One interaction. `kind` is http, or message: what comes of its own accord is then the response."""

    kind: str
    description: str
    states: tuple[str, ...]
    node: Node
    method: str = ""
    path: str = ""
    query: tuple[tuple[str, str], ...] = ()
    request: Part | None = None
    response: Part | None = None
    status: int = 200

    @property
    def title(self) -> str:
        """How it is told: its description, and the states that it needs."""
        return f"{self.description} (given {', '.join(self.states)})" if self.states else self.description


@dataclass(frozen=True, slots=True)
class Pact:
    """A pact. `content_hash` says whether two are the same for whoever verifies them: interactions in any order."""

    consumer: str
    provider: str
    interactions: tuple[Interaction, ...]
    content_hash: str
    root: Node = field(repr=False)


def read_pact(where: str) -> Pact:
    """The pact in a file or at a URL. Raises InputError with file, line and reason."""
    return parse_pact(read_text(full_place(where), where), where)


def parse_pact(text: str, file: str) -> Pact:
    """The pact that `text` is; `file` is where people find it. Raises InputError with line and reason."""
    root = Document(parse_json(text, file), file, file).root
    root.expect(dict, "keys and values")
    names = []
    for role in ("consumer", "provider"):
        node = root.get(role)
        name = node.text("name") if node is not None else None
        if not name:
            raise root.error(f"is no pact: it names no {role}", remedy=f'give it "{role}": {{"name": …}}')
        names.append(name)
    found = [*map(_interaction, root.sequence("interactions")), *map(_message, root.sequence("messages"))]
    return Pact(names[0], names[1], tuple(found), content_hash(root.value), root)


def pact_files(where: Path) -> list[Path]:
    """A pact file itself, or all those in a folder, by name."""
    return sorted(where.rglob("*.json")) if where.is_dir() else [where]


def content_hash(pact: Mapping[str, Any]) -> str:
    """SHA-256 of what a verification depends on: the interactions in any order, and the specification's version.

    As a Pact Broker does it, so that a new version of a consumer with the same pact needs no new verification.
    """
    told = pact.get("metadata")
    version = told.get("pactSpecification") if isinstance(told, Mapping) else None
    parts = sorted(_canonical(one) for key in ("interactions", "messages") for one in pact.get(key) or [])
    return hashlib.sha256(_canonical([parts, version]).encode()).hexdigest()


def _canonical(value: Any) -> str:
    if isinstance(value, Mapping):
        value = {key: below for key, below in value.items() if key != "_id"}
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def _interaction(node: Node) -> Interaction:
    node.expect(dict, "keys and values")
    description = node.text("description") or ""
    kind = _KINDS.get(node.text("type") or "Synchronous/HTTP", "message")
    if kind == "message":
        return _message(node)
    request, response = node.get("request"), node.get("response")
    if request is None or response is None:
        raise node.error(f"the interaction {description!r} has no {'request' if request is None else 'response'}")
    method, path = request.text("method"), request.text("path")
    if method is None or path is None:
        raise request.error("a request needs a method and a path")
    status = response.value.get("status", 200) if isinstance(response.value, dict) else 200
    return Interaction(
        kind, description, _states(node), node, method.upper(), path, tuple(_query(request.value.get("query"))),
        _part(request), _part(response), status if isinstance(status, int) else 200,
    )  # fmt: skip


def _message(node: Node) -> Interaction:
    node.expect(dict, "keys and values")
    body, media, opaque = _body(node.get("contents"), None)
    rules = node.value.get("matchingRules")
    part = Part(node, {}, body, media or "application/json", opaque, rules if isinstance(rules, dict) else {})
    return Interaction("message", node.text("description") or "", _states(node), node, response=part)


def _states(node: Node) -> tuple[str, ...]:
    told = node.value.get("providerStates")
    if isinstance(told, list):
        return tuple(str(one.get("name")) for one in told if isinstance(one, dict))
    one = node.value.get("providerState")
    return (one,) if isinstance(one, str) and one else ()


def _query(told: Any) -> Iterable[tuple[str, str]]:
    """Specification 2 writes a query string, later ones a list of values for each name."""
    if isinstance(told, str):
        yield from parse_qsl(told, keep_blank_values=True)
    elif isinstance(told, Mapping):
        for name, values in told.items():
            for value in values if isinstance(values, list) else [values]:
                yield name, "" if value is None else str(value)


def _part(node: Node) -> Part:
    node.expect(dict, "keys and values")
    headers = {
        name.lower(): ", ".join(map(str, one.value)) if isinstance(one.value, list) else str(one.value)
        for name, one in node.mapping("headers")
    }
    rules = node.value.get("matchingRules")
    body, content_type, opaque = _body(node.get("body"), headers.get("content-type"))
    return Part(node, headers, body, content_type, opaque, rules if isinstance(rules, dict) else {})


def _body(body: Node | None, declared: str | None) -> tuple[Node | None, str | None, bool]:
    """The body's place, its media type, and whether it is none of JSON's values."""
    if body is None or body.value is None:
        return None, declared, False
    content = body.get("content")
    if content is None or not isinstance(body.value, dict) or not body.value.keys() & {"contentType", "encoded"}:
        media = declared or ("application/json" if not isinstance(body.value, str) else None)
        return body, media, not _json_like(media)
    told = declared or body.text("contentType")
    if content.value is None:
        return None, told, False
    told = told or ("application/json" if isinstance(content.value, dict | list) else None)
    encoded = body.value.get("encoded")
    return content, told, not _json_like(told) or (isinstance(encoded, str) and encoded.lower() != "json")


def _json_like(media: str | None) -> bool:
    plain = (media or "").split(";")[0].strip().lower()
    return plain == "application/json" or plain.endswith("+json")
