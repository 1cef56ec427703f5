"""Cycle counts: the difference to the book of then is posted in the ERP, and then approved at the warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.core.model.supply import Count
from sandbox.core.processes.document_flow import Keep
from sandbox.core.processes.document_state import DocumentState
from sandbox.core.processes.once import Once
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.waiting import Stuck
from sandbox.core.systems.client import SystemRefused

KIND: Final = "count"
DECISION: Final = "decision"
CAUSE: Final = "variance-approval"


def about_count(count: Count) -> dict[str, Any]:
    """What a document says of its count, as a JSON value: the difference is that at `as_of`, whatever moved since."""
    return {"site": count.site, "sku": count.sku, "difference": count.difference, "as_of": count.as_of}


class CycleCount:
    """The steps of a count. A variance that the ERP finds too large waits for somebody who decides on it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._erp = parts.systems.erp_supply
        self._wms = parts.systems.wms_supply
        self._sellable = parts.sellable
        self._clock = parts.ports.clock

    def take(self, state: DocumentState, news: Mapping[str, Any]) -> None:
        """Somebody has decided on the variance; the first decision counts."""
        if news["kind"] == DECISION:
            state.progress.setdefault("decision", news["decision"])
            state.progress.setdefault("approved_by", news["exception"])

    async def proceed(self, state: DocumentState, keep: Keep) -> None:
        """Post, then approve; or have the item counted again."""
        done, about = state.progress, state.about
        difference = about["difference"]
        if difference and "posted" not in done:
            if done.get("decision") == "rejected":
                await self._wms.reject_count(state.number, "variance rejected", state.errand)
                self._sellable.block(about["site"], about["sku"], min(0, difference), self._clock.now_us())
                state.done = True
                return
            done["posted"] = await self._post(state, difference, keep)
            await keep(state)
        await self._wms.approve_count(state.number, difference, state.errand)
        state.done = True

    async def _post(self, state: DocumentState, difference: int, keep: Keep) -> str:
        done, about = state.progress, state.about
        shelf, refusals = (about["site"], about["sku"]), done.get("refusals", 0)
        approved_by, key, errand = done.get("approved_by"), state.key("variance", refusals), state.errand
        try:
            return await Once(self._parts, "erp", keep).do(
                state,
                key,
                lambda: self._erp.post_variance(shelf, difference, state.number, approved_by, key, errand),
                lambda: self._erp.adjustment_of(state.number, errand),
            )
        except SystemRefused as refusal:
            if refusal.code != "approval-required":
                raise
            done["refusals"] = refusals + 1  # the key would bring the same refusal again
            await keep(state)
            message = f"{state.number}: {difference:+d} of {about['sku']} at {about['site']}; {refusal.detail}"
            raise Stuck(CAUSE, message, asks=True) from refusal
