"""The contracts as the code has them at this moment: what is published has to be the same."""

from __future__ import annotations

from collections.abc import Iterator

from mock_systems.documents import documents
from sandbox.verification.published import asyncapi, experience_api
from sandbox.verification.published.contract import Contract, Kind
from sandbox.verification.published.event_schemas import CORE, events


def running() -> tuple[Contract, ...]:
    """All contracts: the systems' APIs, the core's, the events together, and each by itself."""
    return tuple(_running())


def _running() -> Iterator[Contract]:
    for system, document in documents().items():
        yield Contract(Kind.OPENAPI, system, document["info"]["version"], document)
    yield Contract(Kind.OPENAPI, CORE, experience_api.VERSION, experience_api.experience_api())
    known = list(events())
    yield Contract(Kind.ASYNCAPI, "events", asyncapi.VERSION, asyncapi.asyncapi(known))
    for event in known:
        yield Contract(Kind.EVENT, event.name, event.version, event.schema())
