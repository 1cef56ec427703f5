"""Return to credit: what a customer gives back is announced, and credited and refunded as it is received.

Nothing is credited before the warehouse has it, and nothing but what it has. Every effect has a key that is the same at
every attempt, and is kept before the next one that rests on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sandbox.core.model.returned import Receipt
from sandbox.core.processes.crediting import Crediting
from sandbox.core.processes.document_flow import Keep
from sandbox.core.processes.document_state import DocumentState
from sandbox.core.processes.once import Once
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.waiting import Wait

KIND: Final = "return"
_LATE_LOOK_US: Final = 86_400_000_000


class ReturnToCredit:
    """The steps of a return.

    `progress` holds what is known of the order (`sales_order`, `card`), the return orders by site (`sites`), what was
    received by return order (`receipts`), and what the shop was told (`status`, `version`). A return whose parcel
    does not come is given up after a while, and taken up again if it comes all the same. Where crediting is done in
    runs, `credit_at_us` of a receipt tells in which.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._clock = parts.ports.clock
        self._commerce = parts.systems.commerce_returns
        self._wms = parts.systems.wms_returns
        self._give_up_after_us = parts.design.returns.give_up_after_us
        self._crediting = Crediting(parts)
        self._credit_when = parts.design.flows.crediting.when

    def take(self, state: DocumentState, news: Mapping[str, Any]) -> None:
        """A parcel was received, or the shop tells of a refund that we asked for."""
        receipts = state.progress.setdefault("receipts", {})
        if news["kind"] == "received":
            receipts.setdefault(news["return_order"], {"site": news["site"], "lines": news["lines"]})
        elif news["kind"] == "refunded":
            for receipt in receipts.values():
                if receipt.get("credit_note") == news["credit_note"]:
                    receipt.setdefault("refund", news["refund"])

    async def proceed(self, state: DocumentState, keep: Keep) -> None:
        """Announce, wait, credit, tell. Raises Wait while parcels are under way."""
        done = state.progress
        if "sites" not in done and not await self._plan(state):
            await self._tell(state, "refused", keep)
            state.done = True
            return
        await self._announce(state, keep)
        if not await self._have_all(state):
            await self._credit(state, keep)
            await self._wait(state, keep)
        await self._credit(state, keep)
        await self._tell(state, "credited", keep)
        state.done = True

    async def _plan(self, state: DocumentState) -> bool:
        """Which site shipped what; False where the order never got so far here."""
        order = await self._order(state)
        if order is None or order.sales_order is None:
            return False
        sites: dict[str, dict[str, Any]] = {}
        for shipment, line, sku, quantity in state.about["lines"]:
            shipped = order.shipment(shipment)
            if shipped is None:
                return False
            part = sites.setdefault(shipped.site, {"lines": [], "shipments": []})
            part["lines"].append([line, sku, quantity])
            if shipment not in part["shipments"]:
                part["shipments"].append(shipment)
        state.progress.update(sites=sites, sales_order=order.sales_order, card=order.order.payment == "card")
        return True

    async def _announce(self, state: DocumentState, keep: Keep) -> None:
        for site, part in state.progress["sites"].items():
            if "return_order" not in part:
                part["return_order"] = await self._announce_to(state, site, _merged(part["lines"]), keep)
                await keep(state)

    async def _announce_to(self, state: DocumentState, site: str, lines: list[Mapping[str, Any]], keep: Keep) -> str:
        key, order, errand = state.key("announcement", site), state.about["order"], state.errand
        return await Once(self._parts, "wms", keep).do(
            state,
            key,
            lambda: self._wms.announce(state.number, order, site, lines, state.traceparent, key, errand),
            lambda: self._wms.announced(state.number, site, errand),
        )

    async def _have_all(self, state: DocumentState) -> bool:
        """Whether every site has received its part; asks them when it is time to give up."""
        if not _missing(state):
            return True
        if self._clock.now_us() < self._give_up_at_us(state):
            return False
        for receipt in await self._wms.receipts_of(state.number, state.errand):
            self.take(state, receipt.news())
        return not _missing(state)

    async def _wait(self, state: DocumentState, keep: Keep) -> None:
        """Until the parcel comes, or is given up; then, now and then, for one that comes all the same."""
        now_us, give_up_at_us = self._clock.now_us(), self._give_up_at_us(state)
        if now_us < give_up_at_us:
            raise Wait(give_up_at_us)
        if "given_up" not in state.progress:
            state.progress["given_up"] = now_us
            await self._tell(state, "credited" if state.progress.get("receipts") else "expired", keep)
        raise Wait(now_us + _LATE_LOOK_US)

    def _give_up_at_us(self, state: DocumentState) -> int:
        return int(state.about["requested_at_us"]) + self._give_up_after_us

    async def _credit(self, state: DocumentState, keep: Keep) -> None:
        unsettled = {
            number: row for number, row in state.progress.get("receipts", {}).items() if not row.get("settled")
        }
        if not unsettled:
            return
        await self._tell(state, "received", keep)
        await self._plan_runs(state, unsettled.values(), keep)
        for return_order, row in unsettled.items():
            if self._clock.now_us() < row.get("credit_at_us", 0):
                raise Wait(row["credit_at_us"])
            lines = tuple((line, sku, quantity, what) for line, sku, quantity, what in row["lines"])
            receipt = Receipt(return_order, state.number, row["site"], lines)
            if lines:
                order = await self._order(state)
                assert order is not None, f"{state.about['order']} was known when its return was announced"
                await self._crediting.settle(state, order, receipt, row, keep)
            row["settled"] = True
            await keep(state)

    async def _plan_runs(self, state: DocumentState, rows: Iterable[dict[str, Any]], keep: Keep) -> None:
        """Where crediting is done in runs, fix which one credits each receipt: a crash must not put it off."""
        unplanned = [row for row in rows if "credit_at_us" not in row]
        if unplanned and not self._credit_when.is_at_once:
            due_us = self._credit_when.due_us(self._clock.now_us())
            for row in unplanned:
                row["credit_at_us"] = due_us
            await keep(state)

    async def _tell(self, state: DocumentState, status: str, keep: Keep) -> None:
        """Tell the shop, each status under a version of its own."""
        done = state.progress
        if done.get("status") == status:
            return
        version = done.get("version", 0) + 1
        key, errand = state.key("status", version), state.errand

        async def tell() -> bool:
            await self._commerce.tell(state.number, status, version, key, errand)
            return True

        async def find() -> bool | None:
            return await self._commerce.shows(state.number, status, errand) or None

        await Once(self._parts, "commerce", keep).do(state, key, tell, find)
        done["status"], done["version"] = status, version
        await keep(state)

    async def _order(self, state: DocumentState) -> OrderState | None:
        records = self._parts.records
        row = await records.journal.run(lambda tx: records.sagas.get(tx, state.about["order"]))
        return None if row is None else OrderState.from_row(row)


def _missing(state: DocumentState) -> bool:
    """Whether a site has not received its part yet."""
    receipts = state.progress.get("receipts", {})
    return any(part["return_order"] not in receipts for part in state.progress["sites"].values())


def _merged(lines: list[list[Any]]) -> list[Mapping[str, Any]]:
    quantities: dict[tuple[int, str], int] = {}
    for line, sku, quantity in lines:
        quantities[line, sku] = quantities.get((line, sku), 0) + quantity
    return [{"line": line, "sku": sku, "quantity": quantity} for (line, sku), quantity in quantities.items()]
