"""Suppliers: they notify what they send, and send about that."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from mock_systems.erp.purchasing import PurchaseOrder
from mock_systems.erp.replenishment_config import ReplenishmentConfig
from mock_systems.erp.wire import Line
from mock_systems.kit.consignment import ConsignedLine, Consignment
from mock_systems.kit.physics import DAY, HOUR, call_after
from mock_systems.kit.turn import Turn

if TYPE_CHECKING:
    from mock_systems.erp.system import Erp

_NOTICE_BEFORE_US: Final = 20 * HOUR
_LATE_NOTICE_US: Final = 4 * HOUR  # after the truck's arrival
_ARRIVES_AT_US: Final = (7 * HOUR, 8 * HOUR)  # from midnight: at least, and within
_MORE_FOLLOWS = 0.5  # of the short deliveries
_OVER, _UNDER, _MISPACKED, _DAMAGED = 0.25, 0.6, 0.1, 0.2  # at most, as a share of a line


class Suppliers:
    """All suppliers. Each truck that arrives is told to the listeners of `Erp.on_delivery`."""

    def __init__(self, erp: Erp, config: ReplenishmentConfig) -> None:
        self._erp = erp
        self._config = config
        self._fraction = erp.streams.fraction

    def place(self, order: PurchaseOrder) -> None:
        """Take an order: send what there is of it, and perhaps the rest later."""
        sent = [self._sent(order, line) for line in order.lines]
        self._send(order, [line for line in sent if line["quantity"]], 1)

    def _sent(self, order: PurchaseOrder, line: Line) -> Line:
        quantity, name = line["quantity"], (order.purchase_order, line["line"])
        kind, size = self._fraction("supplier-line", *name), self._fraction("supplier-size", *name)
        if kind < self._config.over_share:
            quantity += 1 + int(quantity * _OVER * size)
        elif kind < self._config.over_share + self._config.under_share:
            quantity -= max(1, int(quantity * _UNDER * size))
        return {"line": line["line"], "sku": line["sku"], "quantity": quantity}

    def _send(self, order: PurchaseOrder, lines: list[Line], delivery: int) -> None:
        if not lines:
            return
        env, config, name = self._erp.env, self._config, (order.purchase_order, delivery)
        assert env is not None, "erp: start(env) comes before the first order to a supplier"
        now_us = int(env.now)
        days = config.lead_days + config.lead_spread_days * self._fraction("supplier-lead", *name)
        day_us = now_us + int(days * DAY)
        arrives_us = day_us - day_us % DAY + _ARRIVES_AT_US[0]
        arrives_us += int(_ARRIVES_AT_US[1] * self._fraction("supplier-truck", *name))
        arrives_us = max(arrives_us, now_us + HOUR)
        late = self._fraction("supplier-notice", *name) < config.late_notice_share
        notice_us = arrives_us + _LATE_NOTICE_US if late else max(now_us, arrives_us - _NOTICE_BEFORE_US)
        rest = _rest(order, lines) if delivery == 1 else []
        if rest and self._fraction("supplier-rest", *name) >= _MORE_FOLLOWS:
            rest = []
        number = f"ASN-{order.purchase_order.removeprefix('PO-')}-{delivery}"
        notify = partial(self._notify, order, number, lines, arrives_us, bool(rest))
        call_after(env, notice_us - now_us, partial(self._act, notify, order))
        call_after(env, arrives_us - now_us, partial(self._arrive, order, number, lines))
        if rest:
            call_after(env, arrives_us - now_us, partial(self._send, order, rest, delivery + 1))

    def _act(self, act: Callable[[Turn], None], order: PurchaseOrder) -> None:
        assert self._erp.env is not None
        self._erp.act(act, int(self._erp.env.now), order.trace)

    def _notify(
        self, order: PurchaseOrder, number: str, lines: list[Line], arrives_us: int, more: bool, turn: Turn
    ) -> None:
        data = {
            "purchase_order": order.purchase_order,
            "site": order.site,
            "lines": lines,
            "arrives_at_us": arrives_us,
            "more_to_follow": more,
        }
        notice = {"asn": number, **data, "supplier": order.supplier, "traceparent": order.traceparent}
        self._erp.books.purchasing.notices.append(notice)
        turn.fact("asn.sent", number, None, data)
        turn.notify("asn.received", number, None, notice)

    def _arrive(self, order: PurchaseOrder, number: str, lines: list[Line]) -> None:
        assert self._erp.env is not None
        packed = tuple(self._packed(number, line) for line in lines)
        consignment = Consignment(number, order.purchase_order, order.site, packed)
        for hears in self._erp.on_delivery:
            hears(consignment, int(self._erp.env.now))

    def _packed(self, asn: str, line: Line) -> ConsignedLine:
        quantity, name = line["quantity"], (asn, line["line"])
        if self._fraction("supplier-mispacks", *name) < self._config.mispacked_share:
            off = 1 + int(quantity * _MISPACKED * self._fraction("supplier-mispacked", *name))
            more = self._fraction("supplier-packs-more", *name) < 0.5
            quantity = quantity + off if more else max(0, quantity - off)
        damaged = 0
        if self._fraction("supplier-damages", *name) < self._config.damaged_share:
            damaged = min(quantity, 1 + int(quantity * _DAMAGED * self._fraction("supplier-damaged", *name)))
        return ConsignedLine(line["line"], line["sku"], quantity - damaged, damaged)


def _rest(order: PurchaseOrder, sent: list[Line]) -> list[Line]:
    """What the delivery lacks of the order."""
    came = {line["line"]: line["quantity"] for line in sent}
    left = [(line, line["quantity"] - came.get(line["line"], 0)) for line in order.lines]
    return [{"line": x["line"], "sku": x["sku"], "quantity": quantity} for x, quantity in left if quantity > 0]
