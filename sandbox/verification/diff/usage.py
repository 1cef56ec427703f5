"""Which consumers a change hits, as far as it is known what they use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sandbox.errors import InputError
from sandbox.verification.diff.changes import Change, Comparison, Direction, Hit
from sandbox.verification.pacts_against_openapi.pact_file import Interaction, Part, read_pact
from sandbox.yaml_files import read_yaml

_STATUS = re.compile(r"[1-5](\d\d|XX)|DEFAULT")
Fields = frozenset[str] | None  # paths of properties that are read; None: not known, so all


@dataclass(frozen=True, slots=True)
class Use:
    """What a consumer uses of an operation: `POST /orders`, a concrete path or a template, or `send orders/placed`.

    `reads` are fields of the answers with one of `statuses`; `writes` fields of the body, and parameters as
    `query status`.
    """

    consumer: str
    operation: str
    reads: Fields = None
    writes: Fields = None
    statuses: frozenset[str] | None = None


class _Consumer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    operations: list[str] = Field(
        default_factory=list, description="Operations it calls, all of whose fields it may read"
    )
    reads: dict[str, list[str]] = Field(
        default_factory=dict, description="Operations with the fields it reads of the answer"
    )


class _UsageFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    consumers: dict[str, _Consumer]


def read_usage(path: Path) -> list[Use]:
    """What a usage file says: consumers with `operations`, or with the fields that they read of each (`reads`).

    Raises InputError with file, line and key.
    """
    told = read_yaml(path).validated(_UsageFile)
    found = []
    for name, consumer in told.consumers.items():
        found += [Use(name, operation) for operation in consumer.operations]
        found += [Use(name, operation, frozenset(fields)) for operation, fields in consumer.reads.items()]
    return found


def read_pacts(folder: Path) -> list[Use]:
    """The HTTP interactions of all pacts in a folder. Raises InputError where there is none, or one is broken."""
    paths = sorted(folder.rglob("*.json")) if folder.is_dir() else [folder]
    if not paths:
        raise InputError("no pact is in it", file=str(folder), remedy="name a folder with pact files (*.json)")
    return [use for path in paths for use in _of_pact(path)]


def _of_pact(path: Path) -> Iterable[Use]:
    pact = read_pact(str(path))
    return [uses_of(pact.consumer, one, f"{one.method} {one.path}") for one in pact.interactions if one.kind == "http"]


def uses_of(consumer: str, interaction: Interaction, operation: str) -> Use:
    """What an HTTP interaction of a pact uses of an operation."""
    sent, read = (_fields(part) for part in (interaction.request, interaction.response))
    if sent is not None:
        headers = interaction.request.headers if interaction.request is not None else ()
        sent |= {f"query {name}" for name, _ in interaction.query} | {f"header {name}" for name in headers}
    return Use(consumer, operation, read, sent, frozenset({str(interaction.status)}))


def _fields(part: Part | None) -> Fields:
    """The fields of a body: all may matter where it is no JSON."""
    if part is None or part.body is None:
        return frozenset()
    return None if part.opaque else frozenset(_paths(part.body.value, ""))


def _paths(value: Any, above: str) -> Iterable[str]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            path = f"{above}/{key}" if above else str(key)
            yield path
            yield from _paths(below, path)
    elif isinstance(value, list):
        for below in value:
            yield from _paths(below, above)


def with_hits(comparison: Comparison, uses: Iterable[Use]) -> Comparison:
    """The comparison with the consumers that each change hits: they call the operation and read what changed."""
    known = list(uses)
    return replace(comparison, changes=tuple(_hit(change, known) for change in comparison.changes))


def strangers(comparison: Comparison, uses: Iterable[Use]) -> list[Use]:
    """Uses of operations that neither version has, so that no change can ever hit them: a slip, or another API's."""
    known = comparison.operations
    return [use for use in uses if known and not any(_calls(use.operation, one) for one in known)]


def _hit(change: Change, uses: list[Use]) -> Change:
    found: dict[str, list[str]] = {}
    for operation in change.operations:
        for use in uses:
            if _calls(use.operation, operation) and _reads(use, change):
                found.setdefault(use.consumer, []).append(operation)
    hits = tuple(Hit(consumer, tuple(dict.fromkeys(operations))) for consumer, operations in sorted(found.items()))
    return replace(change, hits=hits)


def _calls(used: str, operation: str) -> bool:
    template = "".join(
        "[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", operation)
    )
    return used == operation or re.fullmatch(template, re.sub(r"\{[^}]*\}", "x", used.rstrip("/") or "/")) is not None


def _reads(use: Use, change: Change) -> bool:
    """Whether a change is about what is used: a field that is read or written, or one above it."""
    if change.direction is Direction.REQUEST:
        return use.writes is None or any(
            _writes(use.writes, subject, change.rule) for subject in change.subjects or ("",)
        )
    subjects = [one for one in change.subjects or ("",) if _answers(use, one)]
    if use.reads is None:
        return bool(subjects)
    paths = [_field(subject) for subject in subjects]
    return any(not path or any(f"{field}/".startswith(f"{path}/") for field in use.reads) for path in paths)


def _answers(use: Use, subject: str) -> bool:
    """Whether a subject is of an answer that is used: `2XX/total` of 201."""
    status = subject.split("/")[0].split(" ")[0]
    if use.statuses is None or status == "DEFAULT" or not _STATUS.fullmatch(status):
        return True
    return any(re.fullmatch(status.replace("X", "."), one) for one in use.statuses)


def _writes(writes: frozenset[str], subject: str, rule: str) -> bool:
    """What is newly required hits who does not write it; all else who does. Path parameters are always written."""
    field = "/".join(part for part in subject.split("/") if part and part[0] not in "([*")
    if not field or field.startswith("path "):
        return True
    if "required" in rule:
        above = field.rpartition("/")[0]
        return _lower(field) not in writes and (not above or above in writes)
    return _lower(field) in writes


def _lower(field: str) -> str:
    return field.lower() if field.startswith("header ") else field


def _field(subject: str) -> str:
    """A subject without status, list entries and variants: the path of a field as usage files write it."""
    parts = subject.split("/")
    inside = parts[1:] if _STATUS.fullmatch(parts[0].split(" ")[0]) else parts
    return "/".join(part for part in inside if part and part[0] not in "([*")
