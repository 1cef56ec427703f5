"""Small documents that differ in one thing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sandbox.verification.diff.changes import Change, Comparison, Direction
from sandbox.verification.diff.comparison import BOTH, compare


def compared(folder: Path, old: Any, new: Any, directions: tuple[Direction, ...] = BOTH, **options: Any) -> Comparison:
    """Compare two documents given as values."""
    for name, value in (("old.json", old), ("new.json", new)):
        (folder / name).write_text(json.dumps(value, indent=1))
    return compare(str(folder / "old.json"), str(folder / "new.json"), directions=directions, **options)


def found(folder: Path, old: Any, new: Any, **options: Any) -> dict[str, Change]:
    """The changes by rule id, without the note on the version."""
    changes = compared(folder, old, new, **options).changes
    return {change.rule: change for change in changes if change.rule != "api-version-not-bumped"}


def api(operation: dict[str, Any] | None = None, **top: Any) -> dict[str, Any]:
    """An OpenAPI 3.1 document with `GET /orders`."""
    told = {"operationId": "list", "responses": {"200": {"description": "ok"}}, **(operation or {})}
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/orders": {"get": told}}, **top}


def answering(schema: Any, **response: Any) -> dict[str, Any]:
    """An API that answers with a schema."""
    return api(
        {"responses": {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}, **response}}}
    )


def asking(schema: Any, **body: Any) -> dict[str, Any]:
    """An API that takes a body of a schema."""
    return api({"requestBody": {"content": {"application/json": {"schema": schema}}, **body}})


def with_parameter(*parameters: dict[str, Any]) -> dict[str, Any]:
    """An API with query parameters, strings where nothing else is said."""
    told = [{"name": "status", "in": "query", "schema": {"type": "string"}, **one} for one in parameters]
    return api({"parameters": told})
