"""The mock ERP's sales orders: it has no list of them, but numbers them one after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Final

from sandbox.worlds.live.derived.adapter import Derived, NotRead, SystemApi

_FINAL: Final = ("rejected", "cancelled", "invoiced")


class SalesOrders:
    """Reads new ones by their numbers from `first` on, and those again that may still change."""

    def __init__(self) -> None:
        self.first = 1
        self._next = 0
        self._shown: dict[str, Mapping[str, Any]] = {}
        self._open: dict[str, None] = {}

    async def next_number(self, api: SystemApi) -> int:
        """The number that the next one gets: doubled until there is none, then halved."""
        have, lack = 0, 1
        while await _read(api, lack) is not None:
            have, lack = lack, lack * 2
        while lack - have > 1:
            middle = (have + lack) // 2
            if await _read(api, middle) is None:
                lack = middle
            else:
                have = middle
        return lack

    async def of(self, api: SystemApi, sales_order: str) -> Mapping[str, Any]:
        """A sales order as it was shown, new or old."""
        known = self._shown.get(sales_order)
        if known is None:
            known = self._shown[sales_order] = await _must(api, sales_order)
        return known

    async def changes(self, api: SystemApi) -> AsyncIterator[Derived]:
        """What has become of them, one by one: what was told is known, also where a later request fails."""
        for number in list(self._open):
            now = await _must(api, number)
            for one in _since(self._shown[number], now):
                yield one
            self._take(number, now)
        self._next = max(self._next, self.first)
        while (created := await _read(api, self._next)) is not None:
            for one in _created(created):
                yield one
            self._take(created["sales_order"], created)
            self._next += 1

    def _take(self, number: str, shown: Mapping[str, Any]) -> None:
        self._shown[number] = shown
        if shown["status"] in _FINAL:
            self._open.pop(number, None)
        else:
            self._open[number] = None


def _created(shown: Mapping[str, Any]) -> Iterator[Derived]:
    """A sales order that is seen for the first time: it may have come far by then."""
    number, reference, status = shown["sales_order"], shown["external_ref"], shown["status"]
    was_held = shown["hold_reason"] is not None
    data = {
        "customer": shown["customer"],
        "currency": shown["currency"],
        "lines": in_eaches(shown["lines"]),
        "total_minor": shown["total_minor"],
        "status": "on_hold" if was_held else "open",
        "ship_to": shown["ship_to"],
    }
    created_us = shown["created_at_us"]
    yield Derived("sales_order.created", number, reference, data, created_us, made=number)
    if was_held:
        held = {"reason": shown["hold_reason"]}
        yield Derived("sales_order.held", number, reference, held, created_us, made=number)
    if shown["revision"]:
        yield _changed(shown)
    if status in ("rejected", "cancelled"):
        yield _ended(shown)


def _since(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Derived]:
    """What became of it between two readings."""
    if before["status"] == "on_hold" and now["status"] not in ("on_hold", "rejected", "cancelled"):
        number, released = now["sales_order"], {"by": None}
        yield Derived(
            "sales_order.released", number, now["external_ref"], released, now["changed_at_us"], caused=number
        )
    if now["revision"] > before["revision"]:
        yield _changed(now)
    if now["status"] in ("rejected", "cancelled"):
        yield _ended(now)


def _changed(shown: Mapping[str, Any]) -> Derived:
    data = {name: shown[name] for name in ("revision", "total_minor", "ship_to")}
    data["lines"] = in_eaches(shown["lines"])
    number, reference, revision = shown["sales_order"], shown["external_ref"], shown["revision"]
    return Derived(
        "sales_order.changed", number, reference, data, shown["changed_at_us"], version=revision, caused=number
    )


def _ended(shown: Mapping[str, Any]) -> Derived:
    kind, number, reason = f"sales_order.{shown['status']}", shown["sales_order"], {"reason": shown["hold_reason"]}
    return Derived(kind, number, shown["external_ref"], reason, shown["changed_at_us"], caused=number)


def in_eaches(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lines as facts have them: the ERP shows cases as its unit CA, facts count eaches."""
    told = []
    for line in lines:
        kept = {name: line[name] for name in ("line", "sku", "quantity", "price_minor")}
        if line.get("unit") == "CA":
            kept.update(quantity=line["quantity"] * line["pack"], uom="CS", pack=line["pack"])
        if "tax_minor" in line:
            kept["tax_minor"] = line["tax_minor"]
        told.append(kept)
    return told


async def _read(api: SystemApi, number: int) -> Any:
    return await api.get(f"/sales-orders/SO-{number:06d}")


async def _must(api: SystemApi, sales_order: str) -> Any:
    shown = await api.get(f"/sales-orders/{sales_order}")
    if shown is None:
        raise NotRead(f"{sales_order} is gone: these are other books")
    return shown
