"""I8: stock is conserved: what came in, less what left, lies there, and what is kept is kept for somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from mock_systems.kit.ledger import Fact
from sandbox.oracle.deliveries import Deliveries
from sandbox.oracle.dispatch import on
from sandbox.oracle.invariants.reservations import Reservations
from sandbox.oracle.invariants.shelf import Shelf
from sandbox.oracle.monitor import OPEN_EXCEPTION, Monitor
from sandbox.oracle.verdict import Finding

Key = tuple[str, str]
OPEN_DELIVERY: Final = "an exception is open for the delivery"


class StockConserved(Monitor):
    """The WMS adds up move by move; reservations have live owners; the ERP issues what the WMS shipped."""

    id = "I8"
    name = "Stock is conserved"
    parts: ClassVar[Mapping[str, str]] = {
        "on_hand": "no stock was moved",
        "reserved": "no reserved stock was moved",
        "owner": "nothing was reserved",
        "issues": "nothing was shipped",
    }
    flows: ClassVar[Mapping[str, str]] = {"erp": "no receipt, return or count reached the ERP"}
    ledgers = ("commerce", "erp", "wms")

    def prepare(self) -> None:
        self._shelves: dict[Key, Shelf] = {}
        self._reservations = Reservations()
        self._unissued: dict[tuple[str, str, str], int] = {}
        self._apart: dict[Key, int] = {}
        self._deliveries = Deliveries()
        self._takes: dict[str, str] = {}
        deadlines = self.context.deadlines
        self._orphans = self.deadline(deadlines.reservation_us, self._not_released, "commerce", "wms")
        self._to_issue = self.deadline(deadlines.goods_issue_us, self._not_issued, "erp", "wms")
        self._to_follow = self.deadline(deadlines.goods_issue_us, self._not_followed, "erp", "wms")

    def _shelf(self, key: Key) -> Shelf:
        shelf = self._shelves.get(key)
        if shelf is None:
            shelf = self._shelves[key] = Shelf()
        return shelf

    @on("wms stock.opened")
    def _opened(self, fact: Fact) -> None:
        self._shelf((fact.data["site"], fact.data["sku"])).on_hand += fact.data["quantity"]

    @on("wms stock.moved")
    def _moved(self, fact: Fact) -> None:
        data = fact.data
        checks = self.checks
        checks["on_hand"] += 1
        key = (data["site"], data["sku"])
        shelf = self._shelf(key)
        quantity = data["quantity"]
        on_hand = shelf.on_hand + quantity
        if data["on_hand"] != on_hand or on_hand < 0 or data["sequence"] != shelf.sequence + 1:
            message = (
                f"{fact.entity}: move {data['sequence']} of {quantity:+d} leaves {data['on_hand']}; "
                f"after move {shelf.sequence} it should leave {on_hand}"
            )
            self.report("on_hand", fact, message, shelf.last)
        if data["reason"] == "ship":
            checks["reserved"] += 1
            shelf.moved_out -= quantity
            shelf.reserved += quantity
        else:
            self._moved_otherwise(fact, key, shelf)
        if "from_reserved" not in data:
            shelf.take_short()
        if data["reserved"] != shelf.reserved:
            message = f"{fact.entity}: {data['reserved']} are reserved, the open reservations make {shelf.reserved}"
            self.report("reserved", fact, message)
        # Go on from what the warehouse says, so that one wrong move is one finding.
        shelf.on_hand, shelf.reserved, shelf.sequence = data["on_hand"], data["reserved"], data["sequence"]
        shelf.last = fact

    def _moved_otherwise(self, fact: Fact, key: Key, shelf: Shelf) -> None:
        """A count, a receipt, a return, a short pick: the ERP has to follow, and a document must say the same."""
        data = fact.data
        # The moves of one short pick come one by one, each with what it takes out of the reservation.
        out = data.get("from_reserved", 0) if shelf.short else 0
        shelf.reserved -= out
        shelf.short -= out
        shelf.moved[data["reason"]] += data["quantity"]
        self._follow(key, data["quantity"], fact.at_us)

    @on("erp goods_receipt.posted", "erp goods_return.posted", "erp stock_adjustment.posted")
    def _followed(self, fact: Fact) -> None:
        self.checks["erp"] += 1
        data = fact.data
        if fact.kind == "goods_receipt.posted":
            self._deliveries.posted(fact)
        for line in data.get("lines") or (data,):
            if line.get("disposition", "restock") == "restock":
                self._follow((data["site"], line["sku"]), -line["quantity"], fact.at_us)

    def _follow(self, key: Key, quantity: int, at_us: int) -> None:
        apart = self._apart[key] = self._apart.get(key, 0) + quantity
        if apart:
            self._to_follow.heat(key, at_us)
        else:
            self._to_follow.cool(key)

    @on("wms inbound.received", "wms return.received")
    def _came(self, fact: Fact) -> None:
        reason = "return"
        if fact.kind == "inbound.received":
            reason = "receipt"
            self._deliveries.received(fact)
        for line in fact.data["lines"]:
            if line.get("disposition", "restock") == "restock":
                self._shelf((fact.data["site"], line["sku"])).moved[reason] -= line["quantity"]

    @on("wms count.approved")
    def _count_approved(self, fact: Fact) -> None:
        self._shelf((fact.data["site"], fact.data["sku"])).moved["count"] -= fact.data["quantity"]

    @on("wms short_pick.reported")
    def _short(self, fact: Fact) -> None:
        site = fact.data["site"]
        for line in fact.data["lines"]:
            self._shelf((site, line["sku"])).short += line["quantity"]
        self._reservations.shortened(self._takes.get(fact.entity, ""), fact.data["lines"])

    @on("wms outbound.received")
    def _outbound(self, fact: Fact) -> None:
        self._takes[fact.entity] = fact.data["reservation"]

    @on("wms reservation.made")
    def _made(self, fact: Fact) -> None:
        self.checks["owner"] += 1
        self._reserve(fact, 1)
        if not self._reservations.made(fact):
            self.report("reserved", fact, f"reservation {fact.entity} was made twice")
        if not self._is_live(fact.order):
            self._orphans.heat(fact.entity, fact.at_us)

    @on("wms reservation.released")
    def _released(self, fact: Fact) -> None:
        self._reserve(fact, -1)
        self._end(fact, fact.entity, "released")

    def _reserve(self, fact: Fact, sign: int) -> None:
        site = fact.data["site"]
        for line in fact.data["lines"]:
            self._shelf((site, line["sku"])).reserved += sign * line["quantity"]

    def _end(self, fact: Fact, reservation: str, how: str) -> None:
        self._orphans.cool(reservation)
        if not self._reservations.ended(reservation):
            self.report("reserved", fact, f"reservation {reservation} was {how}, but it was not open")

    @on("commerce order.accepted")
    def _accepted(self, fact: Fact) -> None:
        # An owner that is heard of after its reservation: live ledgers are read one by one.
        if self._is_live(fact.order):
            for reservation in self._reservations.of_order(fact.order):
                self._orphans.cool(reservation)

    @on("commerce order.cancelled")
    def _cancelled(self, fact: Fact) -> None:
        self._orphan(fact)

    def _orphan(self, fact: Fact) -> None:
        for reservation in self._reservations.of_order(fact.order):
            self._orphans.heat(reservation, fact.at_us)

    @on("wms outbound.shipped")
    def _shipped(self, fact: Fact) -> None:
        order, data = fact.order or "", fact.data
        self._end(fact, data["reservation"], "consumed")
        site = data["site"]
        for line in data["lines"]:
            self.checks["issues"] += 1
            self._shelf((site, line["sku"])).shipped += line["quantity"]
            self._owe(order, site, line["sku"], line["quantity"], fact)
        if not self._is_live(fact.order):
            self._orphan(fact)

    @on("erp goods_issue.posted")
    def _issued(self, fact: Fact) -> None:
        order, site = fact.order or "", fact.data["site"]
        for line in fact.data["lines"]:
            sku = line["sku"]
            left = self._owe(order, site, sku, -line["quantity"], fact)
            if left < 0:
                message = f"{fact.entity} takes {-left} of {sku} off {site} in the ERP that the warehouse did not ship"
                self.report("issues", fact, message)
                self._unissued.pop((order, site, sku), None)

    def _owe(self, order: str, site: str, sku: str, quantity: int, fact: Fact) -> int:
        key = (order, site, sku)
        left = self._unissued.get(key, 0) + quantity
        if left:
            self._unissued[key] = left
        else:  # most are issued within seconds: a year would keep a key for each line
            self._unissued.pop(key, None)
        if left > 0:
            self._to_issue.heat(key, fact.at_us)
        else:
            self._to_issue.cool(key)
        return left

    def _is_live(self, order: str | None) -> bool:
        case = self.cases.by_order.get(order or "")
        return case is not None and case.accepted is not None and case.cancelled_us is None and not case.wholly_shipped

    def settle(self, now_us: int) -> list[Finding]:
        """Shelves whose shipments are not their moves, or whose reserved stock is not that of open reservations."""
        kept = self._reservations.units()
        wrong = []
        for (site, sku), shelf in self._shelves.items():
            shelf.take_short()
            for reason in ("receipt", "return", "count"):
                if apart := shelf.moved[reason]:
                    wrong.append(("on_hand", site, sku, f"{reason}s and their moves differ by {apart}", shelf))
            if shelf.moved_out != shelf.shipped:
                wrong.append(("on_hand", site, sku, f"{shelf.shipped} shipped, {shelf.moved_out} moved out", shelf))
            if shelf.reserved != kept.get((site, sku), 0):
                told = f"{shelf.reserved} reserved, open reservations keep {kept.get((site, sku), 0)}"
                wrong.append(("reserved", site, sku, told, shelf))
        return [
            self.finding(role, None, f"{site}/{sku}", now_us, f"{site}/{sku}: {message}", shelf.last)
            for role, site, sku, message, shelf in wrong
        ]

    def _not_released(self, reservation: str, since_us: int, due_us: int) -> None:
        made = self._reservations.open[reservation]
        message = f"{reservation} keeps stock for {made.order}, which needs none"
        self.findings.append(self.finding("owner", made.order, reservation, due_us, message, made))

    def _not_followed(self, key: Key, since_us: int, due_us: int) -> int | None:
        site, sku = key
        if self.is_surfaced(None, sku, f"{site}/{sku}"):
            self.excuse(OPEN_EXCEPTION, key)
            return due_us
        if self.is_surfaced(None, *self._deliveries.unposted(key)):  # its exception names the ship notice
            self.excuse(OPEN_DELIVERY, key)
            return due_us
        message = f"{site}/{sku}: the ERP's stock is {abs(self._apart[key])} {_off(self._apart[key])} the warehouse's"
        self.findings.append(self.finding("erp", None, f"{site}/{sku}", due_us, message, self._shelf(key).last))
        return None

    def _not_issued(self, key: tuple[str, str, str], since_us: int, due_us: int) -> int | None:
        order, site, sku = key
        if self.cases.by_order[order].exceptions:
            self.excuse(OPEN_EXCEPTION, key)
            return due_us
        message = f"{order}: {self._unissued[key]} of {sku} left {site}, but are still in the ERP's stock"
        self.findings.append(self.finding("issues", order, f"{site}/{sku}", due_us, message))
        return None


def _off(apart: int) -> str:
    return "below" if apart > 0 else "above"
