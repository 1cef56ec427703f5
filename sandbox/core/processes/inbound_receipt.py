"""Purchase to receipt: a ship notice is announced to its warehouse, and what really came is booked in the ERP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.core.model.supply import ShipNotice, SupplyLine
from sandbox.core.processes.document_flow import Keep
from sandbox.core.processes.document_state import DocumentState
from sandbox.core.processes.once import Once
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.surplus import split, together
from sandbox.core.processes.waiting import Stuck, Wait
from sandbox.core.systems.client import SystemRefused
from sandbox.core.systems.erp_supply import surplus_of

KIND: Final = "inbound"
RECEIVED: Final = "received"
_HOUR_US: Final = 3_600_000_000
_LOOK_AFTER_US: Final = 12 * _HOUR_US  # of the expected arrival, and again: messages get lost, lists fail
_REFUSED_RETRY_US: Final = 2 * _HOUR_US
_NOT_COVERED: Final = ("over-receipt", "purchase-order-closed")


def about_notice(notice: ShipNotice) -> dict[str, Any]:
    """What a document says of its ship notice, as a JSON value."""
    return {
        "purchase_order": notice.purchase_order,
        "site": notice.site,
        "lines": [list(line) for line in notice.lines],
        "arrives_at_us": notice.arrives_at_us,
        "more_to_follow": notice.more_to_follow,
    }


class InboundReceipt:
    """The steps of a ship notice.

    What the purchase order covers is booked at once. The surplus that the ERP refuses is surfaced, and asked for again
    as a goods receipt of its own until a buyer has amended the order. What a last delivery leaves outstanding is
    closed short.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._clock = parts.ports.clock
        self._erp = parts.systems.erp_supply
        self._wms = parts.systems.wms_supply

    def take(self, state: DocumentState, news: Mapping[str, Any]) -> None:
        """The warehouse has received the goods."""
        if news["kind"] == RECEIVED:
            state.progress.setdefault("received", news["lines"])

    async def proceed(self, state: DocumentState, keep: Keep) -> None:
        """Announce, wait, book, close."""
        notice, done = _notice(state), state.progress
        if "inbound" not in done:
            await self._announce(state, notice, keep)
        if "received" not in done:
            await self._look(state, notice)
        await self._book(state, notice, keep)
        if done.get("lacks", True) and not notice.more_to_follow:
            await self._erp.close_purchase_order(notice.purchase_order, "short", state.errand)
        state.done = True

    async def _announce(self, state: DocumentState, notice: ShipNotice, keep: Keep) -> None:
        key, errand = state.key("announcement"), state.errand
        state.progress["inbound"] = await Once(self._parts, "wms", keep).do(
            state,
            key,
            lambda: self._wms.announce(notice, key, errand),
            lambda: self._wms.announced(notice.asn, errand),
        )
        await keep(state)

    async def _look(self, state: DocumentState, notice: ShipNotice) -> None:
        """Ask the warehouse itself where its news fail to come. Raises Wait while the goods are under way."""
        now_us = self._clock.now_us()
        look_at_us = state.progress.get("look_at_us") or max(now_us, notice.arrives_at_us) + _LOOK_AFTER_US
        if now_us >= look_at_us:
            inbound = await self._wms.inbound(state.progress["inbound"], state.errand)
            if inbound.received is not None:
                state.progress["received"] = [list(line) for line in inbound.received]
                return
            look_at_us = now_us + _LOOK_AFTER_US
        state.progress["look_at_us"] = look_at_us
        raise Wait(look_at_us)

    async def _book(self, state: DocumentState, notice: ShipNotice, keep: Keep) -> None:
        """Post all that was received. Raises Stuck while the order does not cover a part of it."""
        done = state.progress
        done.setdefault("to_post", done["received"])
        while True:
            if not done["to_post"]:
                done["to_post"] = done.pop("surplus", [])
            if not done["to_post"]:
                return
            await self._post(state, notice, keep)
            if not done["to_post"] and done.get("surplus"):
                raise Stuck(done["refusal"], done["refused_as"], self._clock.now_us() + _REFUSED_RETRY_US)

    async def _post(self, state: DocumentState, notice: ShipNotice, keep: Keep) -> None:
        """One attempt at `to_post`: it is posted, or what the order does not cover is moved to the `surplus`.

        Each attempt that was answered is kept before the next one, which has another key: under the same key the ERP
        would answer the same, and another crash must find each key with the lines that it was first sent with.
        """
        done, errand = state.progress, state.errand
        inbound, attempt, lines = done["inbound"], done.get("attempt", 0), _lines(done["to_post"])
        key, before = state.key("goods-receipt", attempt), len(done.get("goods_receipts", []))
        try:
            posted, lacks = await Once(self._parts, "erp", keep).do(
                state,
                key,
                lambda: self._erp.post_receipt(notice, inbound, lines, key, errand),
                lambda: self._erp.receipt_of(inbound, before, errand),
            )
        except SystemRefused as refusal:
            if refusal.code not in _NOT_COVERED:
                raise
            covered, surplus = split(lines, surplus_of(refusal))
            done["to_post"], done["surplus"] = covered, together(_lines(done.get("surplus", [])), surplus)
            done["refusal"] = refusal.code
            done["refused_as"] = f"{notice.asn} for {notice.purchase_order}: {refusal.detail}"
        else:
            done["to_post"], done["lacks"] = [], lacks
            done.setdefault("goods_receipts", []).append(posted)
        done["attempt"] = attempt + 1
        await keep(state)


def _notice(state: DocumentState) -> ShipNotice:
    about = state.about
    return ShipNotice(
        state.number,
        about["purchase_order"],
        about["site"],
        _lines(about["lines"]),
        about["arrives_at_us"],
        about["more_to_follow"],
        state.traceparent,
    )


def _lines(rows: list[list[Any]]) -> tuple[SupplyLine, ...]:
    return tuple((line, sku, quantity) for line, sku, quantity in rows)
