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
from sandbox.verification.documents.document import load_document
from sandbox.yaml_files import read_yaml

Fields = frozenset[str] | None  # paths of properties that are read; None: not known, so all


@dataclass(frozen=True, slots=True)
class Use:
    """What a consumer uses of an operation: `POST /orders`, a concrete path or a template, or `send orders/placed`."""

    consumer: str
    operation: str
    reads: Fields = None


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
    root = load_document(str(path.resolve()), str(path)).root
    consumer = root.get("consumer")
    name = consumer.text("name") if consumer is not None else None
    if name is None:
        raise InputError("is no pact: it names no consumer", file=str(path), line=1)
    for interaction in root.sequence("interactions"):
        request, response = interaction.get("request"), interaction.get("response")
        if request is None or (method := request.text("method")) is None or (place := request.text("path")) is None:
            continue
        body = response.value.get("body") if response is not None and isinstance(response.value, dict) else None
        content = (
            body.get("content") if isinstance(body, dict) and "content" in body and "contentType" in body else body
        )
        yield Use(name, f"{method.upper()} {place}", frozenset(_paths(content, "")) or None)


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
    return Comparison(
        comparison.kind, comparison.old, comparison.new, tuple(_hit(change, known) for change in comparison.changes)
    )


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
    """Whether a change in what is read is about a field that is read, or one above it."""
    if use.reads is None or change.direction is Direction.REQUEST:
        return True
    paths = [_field(subject) for subject in change.subjects] or [""]
    return any(not path or any(f"{field}/".startswith(f"{path}/") for field in use.reads) for path in paths)


def _field(subject: str) -> str:
    """A subject without status, list entries and variants: the path of a field as usage files write it."""
    return "/".join(part for part in subject.split("/")[1:] if part and part[0] not in "([*")
