"""The ERP's published contract, with changes that a vendor might make to it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.runs.landscape import default_landscape
from sandbox.shipped import shipped_folder
from sandbox.verification.rehearsal.planning import Plan, plan_of

Document = dict[str, Any]
Change = Callable[[Document], None]


def published(system: str = "erp") -> Path:
    """Where the contract is."""
    return shipped_folder("contracts") / "openapi" / f"{system}.json"


def changed(folder: Path, change: Change, system: str = "erp") -> Path:
    """The contract after a change, in a file."""
    document = copy.deepcopy(json.loads(published(system).read_text()))
    document["info"]["version"] = "2.0.0"
    change(document)
    path = folder / "new.json"
    path.write_text(json.dumps(document, indent=1))
    return path


def planned(folder: Path, change: Change, system: str = "erp", **more: Any) -> Plan:
    """What is to be rehearsed of a change."""
    surface = default_landscape()[system]
    new = changed(folder, change, system)
    return plan_of(str(published(system)), str(new), surface.calls, surface.topics, **more)


def schema(document: Document, name: str) -> Document:
    """A named schema."""
    found: Document = document["components"]["schemas"][name]
    return found


def operation(document: Document, method: str, path: str) -> Document:
    """An operation."""
    found: Document = document["paths"][path][method]
    return found


def without(document: Document, name: str, field: str) -> None:
    """Take a property out of a schema."""
    found = schema(document, name)
    found["properties"].pop(field)
    found["required"].remove(field)


def rename(document: Document, name: str, field: str, to: str) -> None:
    """Give a property another name."""
    found = schema(document, name)
    found["properties"] = {to if key == field else key: one for key, one in found["properties"].items()}
    found["required"] = [to if key == field else key for key in found["required"]]


def require(document: Document, name: str, field: str, described: Document) -> None:
    """Add a property that is required."""
    found = schema(document, name)
    found["properties"][field] = described
    found.setdefault("required", []).append(field)
