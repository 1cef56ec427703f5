"""A contract as code declares it: a document with a name, a kind and a version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Kind(StrEnum):
    """What a contract is written in."""

    OPENAPI = "openapi"
    ASYNCAPI = "asyncapi"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Contract:
    """One version of a contract. `name` is a system's (`erp`), `events` for all of them, or `erp/asn.received`."""

    kind: Kind
    name: str
    version: str
    document: Mapping[str, Any]

    @property
    def title(self) -> str:
        """Kind and name, as people read it."""
        return f"{self.kind.value} {self.name}"

    @property
    def path(self) -> Path:
        """Where it stands in `contracts/`. Of an event each version has a file."""
        return published_path(self.kind, self.name, self.version)

    @property
    def released_path(self) -> Path:
        """Where it stands in `contracts/` once it is released."""
        return released_folder(self.kind, self.name) / f"{self.version}.json"

    def text(self) -> str:
        """The published file."""
        return json.dumps(self.document, indent=2, ensure_ascii=False) + "\n"


def published_path(kind: Kind, name: str, version: str) -> Path:
    """Where a contract stands in `contracts/`."""
    if kind is Kind.EVENT:
        return Path("events") / name / f"{version}.schema.json"
    return Path(kind.value) / f"{name}.json"


def released_folder(kind: Kind, name: str) -> Path:
    """Where the released versions of a contract stand in `contracts/`."""
    return Path("released") / ("events" if kind is Kind.EVENT else kind.value) / name


def version_of(kind: Kind, document: Mapping[str, Any]) -> str:
    """The version that a document gives itself; empty where it gives none."""
    if kind is Kind.EVENT:
        return str(document.get("$id", "")).rpartition(":")[2]
    info = document.get("info")
    return str(info.get("version", "")) if isinstance(info, Mapping) else ""
