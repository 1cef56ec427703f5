"""The published schemas of events, by who sends them, type and version."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sandbox.errors import InputError
from sandbox.verification.documents.document import load_document
from sandbox.verification.messages.optional import Validator
from sandbox.verification.published.contract import Kind
from sandbox.verification.published.index import Entry, State, read_index
from sandbox.verification.published.previous import numbers_of

_SCHEMA_ID = re.compile(r"urn:sandbox:event:(?P<source>[^:]+):(?P<type>[^:]+):(?P<version>[^:#]+)(?:#.*)?")


@dataclass(frozen=True)
class EventSchema:
    """One version of an event."""

    source: str
    type: str
    version: str
    state: State
    sunset: str
    path: Path

    @cached_property
    def validator(self) -> Validator:
        """Its schema, compiled when it is first asked for. Raises InputError for a broken file."""
        document = load_document(str(self.path.resolve()), str(self.path))
        try:
            return Validator(document.data)
        except ValueError as error:
            raise InputError(str(error), file=str(self.path)) from None


class Catalogue:
    """All versions that the index of a folder of contracts names, retired ones included. Raises InputError."""

    def __init__(self, folder: Path) -> None:
        self._by_type: dict[str, list[EventSchema]] = {}
        for entry in read_index(folder).contracts:
            if entry.kind is Kind.EVENT:
                schema = _schema(entry, folder)
                self._by_type.setdefault(schema.type, []).append(schema)

    def find(self, type_: str, source: str | None = None, version: str | None = None) -> list[EventSchema]:
        """What a message may be: of each source that sends the type the named version, or the current one."""
        known = [one for one in self._by_type.get(type_, ()) if source is None or one.source == source]
        if version is not None:
            return [one for one in known if one.version == version]
        sources = dict.fromkeys(one.source for one in known)
        return [_current(one for one in known if one.source == source) for source in sources]

    def knows(self, type_: str, source: str | None = None) -> bool:
        """Whether there is any version of it."""
        return any(source in (None, one.source) for one in self._by_type.get(type_, ()))


def named_by(data_schema: str) -> tuple[str, str, str] | None:
    """Source, type and version that a CloudEvent's `dataschema` names; None where it is none of ours."""
    found = _SCHEMA_ID.fullmatch(data_schema)
    return None if found is None else (found["source"], found["type"], found["version"])


def _schema(entry: Entry, folder: Path) -> EventSchema:
    source, _, type_ = entry.name.partition("/")
    return EventSchema(source, type_, entry.version, entry.state, str(entry.sunset or ""), folder / entry.path)


def _current(schemas: Iterable[EventSchema]) -> EventSchema:
    return max(schemas, key=lambda one: (one.state is not State.RETIRED, numbers_of(one.version)))
