"""A drift: a provider changes what it says or takes, with or without telling anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.faults.contract.change import ContractChange
from sandbox.faults.contract.edit import WireEdit


@dataclass(frozen=True)
class Drift:
    """What `system` does otherwise on the wire. `announced` are the actions of an OpenAPI Overlay on its document; none
    where it changes in place and says nothing.

    `caught_by` is the first check that sees it.
    """

    name: str
    system: str
    caught_by: str
    edits: tuple[WireEdit, ...]
    announced: tuple[dict[str, Any], ...] = ()

    def change(self) -> ContractChange:
        """It as a change of the wire, from the beginning."""
        return ContractChange(self.name, self.system, self.edits, from_us=0)


def edit(side: str, operation: str, do: str, path: str = "", **more: Any) -> WireEdit:
    """One edit of the wire."""
    return WireEdit.model_validate({"side": side, "operation": operation, "do": do, "path": path, **more})


def schema(name: str, **update: Any) -> dict[str, Any]:
    """An overlay's action: the schema of that name becomes so."""
    return {"target": f"$.components.schemas.{name}", "update": update}


def removed(target: str) -> dict[str, Any]:
    """An overlay's action: what is there goes."""
    return {"target": target, "remove": True}
