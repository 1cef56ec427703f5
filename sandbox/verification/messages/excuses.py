"""Which faults of a run's plan spoil messages on purpose: nobody is to blame for what is wrong with those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

_DATA: Final = "/data"
_SPOILS: Final = "webhook_poisoned"
_CHANGES: Final = "contract_change"


def excuses(name: str, pointer: str, plan: Sequence[Mapping[str, Any]]) -> list[str]:
    """The faults that spoil the data of such messages, or have the system speak another contract in them."""
    source, _, type_ = name.partition("/")
    spoiling = (
        [(str(atom["id"]), atom[_SPOILS]) for atom in plan if _SPOILS in atom] if pointer.startswith(_DATA) else []
    )
    found = [fault for fault, what in spoiling if what.get("system") == source and what.get("topic") in (None, type_)]
    changes = [(str(atom["id"]), atom[_CHANGES]) for atom in plan if _CHANGES in atom]
    return found + [fault for fault, what in changes if what["system"] == source and _rewrites(what["edits"], type_)]


def _rewrites(edits: Sequence[Mapping[str, Any]], type_: str) -> bool:
    """Whether a change of contract rewrites webhooks of this topic."""
    return any(edit["side"] == "webhook" and edit["operation"] in (type_, "*") for edit in edits)
