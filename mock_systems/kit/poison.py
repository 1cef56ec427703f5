"""Poison: a body that was right when it left, and that no reader can take as it comes."""

from __future__ import annotations

from typing import Any, Final

from mock_systems.kit.faults import CallFault
from mock_systems.kit.streams import Streams

UNKNOWN_SKU: Final = "NO-SUCH-ITEM"
UNKNOWN_STATUS: Final = "quarantined"
_STATUS_KEYS: Final = ("state", "status")


def spoiled(body: Any, how: str) -> Any:
    """A spoiled copy of a JSON object; the object itself where there is nothing of that kind to spoil.

    `unreadable` keeps its first member, which names it, and drops the others; `unknown_item` gives its lines items
    that nobody knows; `unknown_status` gives it a state that no contract lists.
    """
    if not isinstance(body, dict) or not body:
        return body
    if how == "unreadable":
        name, value = next(iter(body.items()))
        return {name: value} if len(body) > 1 else body
    if how == "unknown_item":
        lines = body.get("lines")
        if not isinstance(lines, list) or not any(isinstance(line, dict) and "sku" in line for line in lines):
            return body
        return {**body, "lines": [{**line, "sku": UNKNOWN_SKU} for line in lines]}
    found = [key for key in _STATUS_KEYS if isinstance(body.get(key), str)]
    return {**body, **dict.fromkeys(found, UNKNOWN_STATUS)} if found else body


def with_bad_rows(body: Any, fault: CallFault, streams: Streams) -> Any:
    """A list's page with those rows spoiled that the fault means: a new one, or `body` itself where there are none."""
    if not isinstance(body, dict) or not isinstance(body.get("items"), list):
        return body
    items, struck = [], False
    for item in body["items"]:
        bad = spoiled(item, fault.poison) if fault.takes_row(_name_of(item), streams) else item
        struck = struck or bad is not item
        items.append(bad)
    return {**body, "items": items} if struck else body


def _name_of(item: Any) -> object:
    return next(iter(item.values()), None) if isinstance(item, dict) else item
