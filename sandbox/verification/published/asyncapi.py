"""The AsyncAPI 3 document: the webhooks of all systems (Standard Webhooks), and what the core tells on its bus."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sandbox.verification.published.event_schemas import CORE, Event

VERSION: Final = "1.0.0"
_DRAFT: Final = "application/schema+json;version=draft-2020-12"
_STREAM: Final = "sandbox.topic."
_TEXT: Final = {"type": "string"}


def asyncapi(events: Iterable[Event]) -> dict[str, Any]:
    """The document; the systems send webhooks, and the core sends and receives on its bus."""
    listed = list(events)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "events",
            "version": VERSION,
            "description": "Webhooks are sent at least once and in no order, until a 2xx answers. The core's events "
            "are CloudEvents in structured mode, at least once and in no order.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "receiver": {
                "host": "{host}",
                "protocol": "https",
                "description": "whoever subscribed to webhooks: the core, mostly",
                "variables": {"host": {"description": "of the URL that was subscribed with"}},
            },
            "bus": {
                "host": "{host}",
                "protocol": "nats",
                "description": "the core's bus, where it is NATS JetStream; its stream is called `sandbox`",
                "variables": {"host": {"default": "localhost:4222"}},
            },
        },
        "channels": {_key(event): _channel(event) for event in listed},
        "operations": {f"send-{_key(event)}": _operation(event) for event in listed},
        "components": {
            "messages": {_key(event): _message(event) for event in listed},
            "schemas": _schemas(listed),
        },
    }


def _key(event: Event) -> str:
    """Letters, digits, hyphens and underscores, as code generators want it."""
    return f"{event.source}-{_message_key(event)}"


def _message_key(event: Event) -> str:
    return event.event_type.replace(".", "-")


def _channel(event: Event) -> dict[str, Any]:
    is_core = event.source == CORE
    return {
        "address": f"{_STREAM}{event.event_type}" if is_core else f"/webhooks/{event.source}",
        "servers": [{"$ref": f"#/servers/{'bus' if is_core else 'receiver'}"}],
        "messages": {_message_key(event): {"$ref": f"#/components/messages/{_key(event)}"}},
    }


def _operation(event: Event) -> dict[str, Any]:
    told: dict[str, Any] = {
        "action": "send",
        "channel": {"$ref": f"#/channels/{_key(event)}"},
        "messages": [{"$ref": f"#/channels/{_key(event)}/messages/{_message_key(event)}"}],
    }
    if event.source != CORE:
        told["bindings"] = {"http": {"method": "POST", "bindingVersion": "0.3.0"}}
    return told


def _message(event: Event) -> dict[str, Any]:
    is_core = event.source == CORE
    told: dict[str, Any] = {
        "name": event.event_type,
        "title": f"{event.event_type} of {'the core' if is_core else event.source}, version {event.version}",
        "contentType": "application/cloudevents+json" if is_core else "application/json",
        "payload": {"schemaFormat": _DRAFT, "schema": {"$ref": f"#/components/schemas/{_key(event)}"}},
    }
    if not is_core:
        told["headers"] = {
            "type": "object",
            "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
            "properties": {
                "webhook-id": {**_TEXT, "description": "the same in each attempt"},
                "webhook-timestamp": {**_TEXT, "pattern": "^[0-9]+$", "description": "seconds of this attempt"},
                "webhook-signature": {**_TEXT, "description": "Standard Webhooks: `v1,` and base64, over the raw body"},
                "traceparent": {**_TEXT, "description": "W3C trace context, where one is known"},
            },
        }
    return told


def _schemas(events: Iterable[Event]) -> dict[str, Any]:
    """All schemas, those of one source under names of their own."""
    found: dict[str, Any] = {}
    for event in events:
        template = f"#/components/schemas/{event.source}-{{model}}"
        schema = event.message.model_json_schema(ref_template=template)
        inner = schema.pop("$defs", {})
        found.update((f"{event.source}-{name}", below) for name, below in inner.items())
        found[_key(event)] = schema
    return found
