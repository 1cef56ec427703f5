"""Recordings: HAR 1.2, NDJSON of pairs, and the cassettes (VCR) that Schemathesis writes."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sandbox.errors import InputError
from sandbox.verification.documents.document import Document, load_document
from sandbox.verification.messages.recording import read_recording
from sandbox.verification.recorded.pair import Pair, pair_of

_LINES = (".ndjson", ".jsonl")


def read_pairs(path: Path) -> Iterator[Pair]:
    """The pairs of a file. Raises InputError with file, line and reason for what is none."""
    if path.suffix in _LINES:
        for recorded in read_recording(path):
            yield _made(path, recorded.line, recorded.value, _plain)
        return
    document = load_document(str(path.resolve()), str(path))
    where, entries, make = _entries(document)
    for index, entry in enumerate(entries):
        yield _made(path, document.line_of((*where, index)), entry, make)


Make = Callable[[int, Any], Pair]


def _entries(document: Document) -> tuple[tuple[str | int, ...], list[Any], Make]:
    data = document.data
    if isinstance(data, Mapping):
        log = data.get("log")
        if isinstance(log, Mapping) and isinstance(log.get("entries"), list):
            return ("log", "entries"), log["entries"], _har
        if isinstance(data.get("http_interactions"), list):
            return ("http_interactions",), data["http_interactions"], _vcr
        if "request" in data:
            return (), [data], _plain
    if isinstance(data, list):
        return (), data, _plain
    raise InputError(
        "is no recording that is known here", file=document.file, line=1,
        remedy="give HAR 1.2, NDJSON of {request, response}, or a VCR cassette of Schemathesis",
    )  # fmt: skip


def _made(path: Path, line: int, entry: Any, make: Make) -> Pair:
    try:
        return make(line, entry)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        told = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError(f"is no pair of request and response: {told}", file=str(path), line=line) from None


def _plain(line: int, entry: Any) -> Pair:
    request, response = entry["request"], entry["response"]
    return pair_of(
        line,
        request["method"],
        request.get("url") or request["path"],
        _headers(request.get("headers") or {}, request.get("body")),
        _text(request.get("body")),
        int(response["status"]),
        _headers(response.get("headers") or {}, response.get("body")),
        _text(response.get("body")),
    )


def _har(line: int, entry: Any) -> Pair:
    request, response = entry["request"], entry["response"]
    content = response.get("content") or {}
    text = content.get("text")
    return pair_of(
        line,
        request["method"],
        request["url"],
        _named(request["headers"]),
        (request.get("postData") or {}).get("text"),
        int(response["status"]),
        {"content-type": content.get("mimeType", ""), **_named(response["headers"])},
        _decoded(text) if content.get("encoding") == "base64" and text else text,
    )


def _vcr(line: int, entry: Any) -> Pair:
    request, response = entry["request"], entry["response"]
    return pair_of(
        line,
        request["method"],
        request["uri"],
        _first(request.get("headers") or {}),
        _vcr_body(request.get("body")),
        int(response["status"]["code"]),
        _first(response.get("headers") or {}),
        _vcr_body(response.get("body")),
    )


def _headers(headers: Mapping[str, Any], body: Any) -> dict[str, str]:
    """Names in lower case; a body that was recorded as a value and no text was JSON."""
    found = {str(name).lower(): str(value) for name, value in headers.items()}
    if body is not None and not isinstance(body, str):
        found.setdefault("content-type", "application/json")
    return found


def _named(headers: Any) -> dict[str, str]:
    return {str(one["name"]).lower(): str(one["value"]) for one in headers}


def _first(headers: Mapping[str, Any]) -> dict[str, str]:
    return {
        str(name).lower(): str(values[0] if isinstance(values, list) else values) for name, values in headers.items()
    }


def _text(body: Any) -> str | None:
    return body if body is None or isinstance(body, str) else json.dumps(body)


def _vcr_body(body: Any) -> str | None:
    if not body:
        return None
    return _decoded(body["base64_string"]) if "base64_string" in body else str(body.get("string", ""))


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text).decode(errors="replace")
    except binascii.Error:
        raise ValueError("the body is not base64") from None
