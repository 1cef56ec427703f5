"""Returns: asked for, received, credited and refunded."""

from __future__ import annotations

from mock_systems.kit.ledger import Fact
from sandbox.oracle.dispatch import Watcher, on
from sandbox.oracle.figures.figure import Figure


class ReturnFigures(Watcher):
    """Counts returns by how far they came; one that several sites receive counts once."""

    def __init__(self) -> None:
        self._asked = 0
        self._received: dict[str, None] = {}
        self._credited: dict[str, None] = {}
        self._refunds = 0

    @on("commerce return.requested")
    def _ask(self, fact: Fact) -> None:
        self._asked += 1

    @on("wms return.received")
    def _receive(self, fact: Fact) -> None:
        self._received[fact.data["rma"]] = None

    @on("erp credit_note.posted")
    def _credit(self, fact: Fact) -> None:
        self._credited[fact.data["return"]] = None

    @on("commerce payment.refunded")
    def _refund(self, fact: Fact) -> None:
        self._refunds += 1

    def figures(self) -> tuple[Figure, ...]:
        """All of them."""
        return (
            Figure("returns asked", self._asked, "returns", "returns that the channel authorised"),
            Figure("returns received", len(self._received), "returns", "those of which a parcel was inspected"),
            Figure("returns credited", len(self._credited), "returns", "those of which the ERP has credited something"),
            Figure("refunds paid", self._refunds, "refunds", "times that money went back to a card"),
        )
