"""What a recorded message is: a CloudEvent, in structured or binary mode, or a webhook, with or without its headers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.verification.messages.catalogue import named_by
from sandbox.verification.messages.optional import Reason

_SOURCE = re.compile(r"/?sandbox/(?P<name>[a-z0-9_-]+)")
_RECEIVER = re.compile(r"(?:^|/)webhooks/(?P<name>[a-z0-9_-]+)/?$")
_SIGNATURES = re.compile(r"v1a?,[A-Za-z0-9+/=]+( v1a?,[A-Za-z0-9+/=]+)*")
_HEADERS = ("headers", "header")
_BODIES = ("body", "payload", "raw")


class NotAMessage(ValueError):
    """Something that is no message; the message says why."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message whole as it was sent. `source` and `version` None: it does not say.

    `envelope` are the things that are wrong before its schema is asked.
    """

    type: str
    source: str | None
    version: str | None
    id: str
    value: Any
    envelope: tuple[Reason, ...] = ()


def read_message(recorded: Any, source: str | None = None) -> Message:
    """The message that was recorded; `source` is what the recording says of its sender. Raises NotAMessage."""
    if not isinstance(recorded, Mapping):
        raise NotAMessage(f"keys and values were expected, not {recorded!r:.40}")
    headers, body = _parts(recorded)
    if headers is None:
        return _named(recorded, source, {})
    by = source or _sender(recorded)
    if "ce-type" in headers:
        return _named(_from_binary(headers, body), by, {})
    return _named(body, by, headers)


def _parts(recorded: Mapping[str, Any]) -> tuple[dict[str, str] | None, Any]:
    """Headers, names in lower case, and body; no headers where the whole is the message."""
    body_key = next((name for name in _BODIES if name in recorded), None)
    if body_key is None or "type" in recorded:
        return None, recorded
    found = (recorded[name] for name in _HEADERS if isinstance(recorded.get(name), Mapping))
    given: Mapping[str, Any] = next(found, {})
    body = recorded[body_key]
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            raise NotAMessage("the body is not JSON") from None
    return {str(name).lower(): str(value) for name, value in given.items()}, body


def _sender(recorded: Mapping[str, Any]) -> str | None:
    if isinstance(recorded.get("source"), str):
        return str(recorded["source"])
    found = _RECEIVER.search(str(recorded.get("url", "")).partition("?")[0])
    return found["name"] if found is not None else None


def _from_binary(headers: Mapping[str, str], body: Any) -> dict[str, Any]:
    """A CloudEvent in binary mode as it would be in structured mode."""
    event: dict[str, Any] = {name[3:]: value for name, value in headers.items() if name.startswith("ce-")}
    event["datacontenttype"] = headers.get("content-type", "application/json").partition(";")[0]
    event["data"] = body
    return event


def _named(body: Any, source: str | None, headers: Mapping[str, str]) -> Message:
    if not isinstance(body, Mapping) or not isinstance(body.get("type"), str):
        raise NotAMessage("it has no `type`, which events and webhooks are known by")
    if "specversion" in body:
        return _cloud_event(body, source)
    return Message(body["type"], source, None, headers.get("webhook-id", ""), body, tuple(_of_headers(headers)))


def _cloud_event(event: Mapping[str, Any], source: str | None) -> Message:
    found = _SOURCE.fullmatch(str(event.get("source", "")))
    by = found["name"] if found is not None else source
    version = None
    if isinstance(event.get("dataschema"), str):
        named = named_by(event["dataschema"])
        by, version = (named[0], named[2]) if named is not None else (by, str(event["dataschema"]))
    return Message(event["type"], by, version, str(event.get("id", "")), event)


def _of_headers(headers: Mapping[str, str]) -> list[Reason]:
    """What Standard Webhooks asks of headers that were recorded; whether a signature is right nobody knows here."""
    if not headers:
        return []
    found = [
        Reason(f"/headers/{name}", "the header is missing")
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
        if not headers.get(name)
    ]
    if not headers.get("webhook-timestamp", "0").isdecimal():
        found.append(Reason("/headers/webhook-timestamp", "is not a number of seconds"))
    if headers.get("webhook-signature") and not _SIGNATURES.fullmatch(headers["webhook-signature"]):
        found.append(Reason("/headers/webhook-signature", "is no list of `v1,` and base64"))
    return found
