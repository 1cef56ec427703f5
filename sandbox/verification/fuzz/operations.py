"""The operations of an OpenAPI document, with where each is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.verification.diff.http.model import METHODS


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: `label` is `POST /orders`, `pointer` its place in the document."""

    label: str
    operation_id: str | None
    pointer: tuple[str, ...]
    definition: dict[str, Any]

    @property
    def names(self) -> tuple[str, ...]:
        """What people call it: the label, and its id where it has one."""
        return (self.label,) if self.operation_id is None else (self.label, self.operation_id)


def operations_of(document: dict[str, Any]) -> Iterator[Operation]:
    """All operations under `paths`, in the document's order; what is none is passed over."""
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method in METHODS:
            found = item.get(method) if isinstance(item, dict) else None
            if isinstance(found, dict):
                named = found.get("operationId")
                label = f"{method.upper()} {path}"
                yield Operation(label, named if isinstance(named, str) else None, ("paths", path, method), found)
