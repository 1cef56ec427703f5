"""The JSON Schema of each event: the whole message as it is sent, a webhook's body or a CloudEvent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from mock_systems.documents import empty_systems
from mock_systems.kit.document import webhook_topics
from sandbox.core.journal.events import SOURCE
from sandbox.core.model.events import EVENT_TYPES, data_schema_of, schema_id

CORE: Final = "core"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TRACEPARENT: Final = r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"


@dataclass(frozen=True, slots=True)
class Event:
    """An event that is sent: by whom, of which type and version, and the model of the whole message."""

    source: str
    event_type: str
    version: str
    message: type[BaseModel]

    @property
    def name(self) -> str:
        """As contracts are called."""
        return f"{self.source}/{self.event_type}"

    def schema(self) -> dict[str, Any]:
        """The published schema, which stands by itself."""
        schema = self.message.model_json_schema()
        return {"$schema": _DIALECT, "$id": schema_id(self.source, self.event_type, self.version), **schema}


def events() -> Iterator[Event]:
    """Every event of the systems, and of the core."""
    for system in empty_systems():
        for topic, data in webhook_topics(system).items():
            version = system.topic_versions.get(topic, "1.0.0")
            yield Event(system.name, topic, version, _webhook(topic, data))
    for type_, (version, data) in EVENT_TYPES.items():
        yield Event(CORE, type_, version, _cloud_event(type_, data))


def _webhook(topic: str, data: type[BaseModel]) -> type[BaseModel]:
    """The body of a webhook; what stands in its headers is in the AsyncAPI document."""
    kind: Any = Literal[topic]
    fields: Mapping[str, Any] = {
        "type": (kind, ...),
        "timestamp_us": (int, Field(ge=0, description="when it happened: microseconds since 1970, UTC")),
        "data": (data, ...),
    }
    return create_model(f"{_title(topic)}Webhook", __config__=ConfigDict(extra="forbid"), **fields)


def _cloud_event(type_: str, data: type[BaseModel]) -> type[BaseModel]:
    """CloudEvents 1.0 in structured mode, with the extensions `sequence` and `traceparent`."""
    kind, source, one, media = Literal[type_], Literal[SOURCE], Literal["1.0"], Literal["application/json"]
    data_schema: Any = Literal[data_schema_of(type_)]
    fields: Mapping[str, Any] = {
        "specversion": (one, ...),
        "id": (str, Field(min_length=1)),
        "source": (source, ...),
        "type": (kind, ...),
        "subject": (str, Field(min_length=1, description="the order that it is about")),
        "time": (str, Field(json_schema_extra={"format": "date-time"}, description="RFC 3339, UTC")),
        "datacontenttype": (media, ...),
        "dataschema": (data_schema, Field(default=None, json_schema_extra=_may_be_left_out)),
        "sequence": (str, Field(pattern="^[0-9]{10}$", description="grows with each event of its subject")),
        "traceparent": (str, Field(default=None, pattern=_TRACEPARENT, json_schema_extra=_may_be_left_out)),
        "data": (data, ...),
    }
    return create_model(f"{_title(type_)}CloudEvent", __config__=ConfigDict(extra="forbid"), **fields)


def _may_be_left_out(schema: dict[str, Any]) -> None:
    """It may be missing, and is never null."""
    schema.pop("default", None)


def _title(type_: str) -> str:
    return "".join(part.capitalize() for part in type_.replace("_", ".").split("."))
