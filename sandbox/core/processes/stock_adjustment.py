"""Stock adjustments: what the warehouse took off or put on its books by itself, the ERP books once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.core.model.inventory import Movement
from sandbox.core.processes.document_flow import Keep
from sandbox.core.processes.document_state import DocumentState
from sandbox.core.processes.once import Once
from sandbox.core.processes.parts import Parts

KIND: Final = "adjustment"


def number_of(movement: Movement) -> str:
    """The number of a movement: unique over all sites and items."""
    return f"{movement.site}/{movement.sku}/{movement.sequence}"


def about_movement(movement: Movement) -> dict[str, Any]:
    """What a document says of its movement, as a JSON value."""
    return {"site": movement.site, "sku": movement.sku, "quantity": movement.quantity}


class StockAdjustment:
    """One step: post it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._erp = parts.systems.erp_supply

    def take(self, state: DocumentState, news: Mapping[str, Any]) -> None:
        """There is no news for an adjustment."""

    async def proceed(self, state: DocumentState, keep: Keep) -> None:
        """Post the movement in the ERP, at its cost."""
        about, key, errand = state.about, state.key("posting"), state.errand
        shelf = (about["site"], about["sku"])
        await Once(self._parts, "erp", keep).do(
            state,
            key,
            lambda: self._erp.adjust_stock(shelf, about["quantity"], state.number, key, errand),
            lambda: self._erp.adjustment_of(state.number, errand),
        )
        state.done = True
