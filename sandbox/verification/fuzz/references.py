"""References inside one document, followed leniently: what leads nowhere is nothing."""

from __future__ import annotations

from typing import Any, Final

_MOST: Final = 16


def resolved(document: dict[str, Any], value: Any) -> dict[str, Any]:
    """The mapping that `value` is or refers to; an empty one where there is none."""
    for _ in range(_MOST):
        if not isinstance(value, dict) or not isinstance(ref := value.get("$ref"), str):
            break
        value = _at(document, ref)
    return value if isinstance(value, dict) else {}


def _at(document: dict[str, Any], ref: str) -> Any:
    value: Any = document if ref.startswith("#/") else None
    for part in ref.removeprefix("#/").split("/"):
        value = value.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(value, dict) else None
    return value
