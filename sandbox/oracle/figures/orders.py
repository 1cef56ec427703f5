"""Orders: offered, accepted, perfect, and how long they took to ship and to cash."""

from __future__ import annotations

from mock_systems.kit.ledger import Fact
from sandbox.oracle.case import Case
from sandbox.oracle.cases import Cases
from sandbox.oracle.dispatch import Watcher, on
from sandbox.oracle.figures.figure import HOUR_US, Figure, share, spread

# Not every integration tells its channel of invoices: that it shipped is the last that a customer must know.
_TOLD_TO_THE_END = ("shipped", "invoiced", "delivered")


class OrderFigures(Watcher):
    """Counts orders. `open` are those neither wholly shipped nor cancelled, with the time of their acceptance."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases
        self.open: dict[str, int] = {}
        self.accepted = 0
        self._refused = 0
        self._cancelled = 0
        self._uncashed: dict[str, int] = {}
        self._to_ship_us: list[int] = []
        self._to_cash_us: list[int] = []
        self._status: dict[str, str] = {}
        self._entered: dict[str, int] = {}
        self._surfaced: set[str | None] = set()

    @on("commerce order.accepted")
    def _accept(self, fact: Fact) -> None:
        self.accepted += 1
        self.open[fact.entity] = fact.at_us
        if fact.data["payment"] == "card":
            self._uncashed[fact.entity] = fact.at_us

    @on("commerce order.refused")
    def _refuse(self, fact: Fact) -> None:
        self._refused += 1

    @on("commerce order.cancelled")
    def _cancel(self, fact: Fact) -> None:
        self._cancelled += 1
        self.open.pop(fact.entity, None)
        self._uncashed.pop(fact.entity, None)

    @on("wms outbound.shipped")
    def _ship(self, fact: Fact) -> None:
        case = self._cases.of(fact)
        if case.wholly_shipped and (since_us := self.open.pop(case.order, None)) is not None:
            self._to_ship_us.append(fact.at_us - since_us)

    @on("commerce payment.captured")
    def _capture(self, fact: Fact) -> None:
        case = self._cases.of(fact)
        accepted = case.accepted
        if accepted is None or case.captured_minor < case.total_minor:
            return
        if (since_us := self._uncashed.pop(case.order, None)) is not None:
            self._to_cash_us.append(fact.at_us - since_us)

    @on("commerce order.status")
    def _told(self, fact: Fact) -> None:
        self._status[fact.entity] = fact.data["status"]

    @on("erp sales_order.created")
    def _enter(self, fact: Fact) -> None:
        order = fact.order or ""
        self._entered[order] = self._entered.get(order, 0) + 1

    @on("desk exception.opened")
    def _surface(self, fact: Fact) -> None:
        self._surfaced.add(fact.order)

    def _is_perfect(self, case: Case) -> bool:
        accepted = case.accepted
        if accepted is None or case.cancelled_us is not None or case.order in self._surfaced:
            return False
        total_minor = case.total_minor
        return (
            self._entered.get(case.order) == 1
            and case.shipped_units == case.ordered_units
            and case.invoiced_minor == total_minor
            and (not case.card or case.captured_minor == total_minor)
            and self._status.get(case.order) in _TOLD_TO_THE_END
        )

    def figures(self) -> list[Figure]:
        """How orders fared."""
        perfect = sum(self._is_perfect(case) for case in self._cases.by_order.values())
        offered = self.accepted + self._refused
        return [
            Figure("orders offered", offered, "orders", "baskets that shoppers brought to the checkout"),
            Figure("orders accepted", self.accepted, "orders", "orders that the channel took"),
            Figure("orders refused", self._refused, "orders", "baskets turned away, for want of stock mostly"),
            Figure(
                "orders cancelled", self._cancelled, "orders", "accepted orders given up, after a credit check mostly"
            ),
            Figure("order acceptance", share(self.accepted, offered), "%", "accepted of offered", offered),
            Figure("perfect orders", perfect, "orders", "entered once, shipped and invoiced in full, no exception"),
            Figure("perfect order share", share(perfect, self.accepted), "%", "perfect of accepted", self.accepted),
            *spread("order to ship", self._to_ship_us, "h", HOUR_US, "acceptance until the last parcel left"),
            *spread("order to cash", self._to_cash_us, "h", HOUR_US, "card orders: acceptance until all was captured"),
        ]
