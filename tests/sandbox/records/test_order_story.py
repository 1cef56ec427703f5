"""The story of an order goes on after its delivery: what comes back, is credited and refunded is told as well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mock_systems.kit.ledger import Fact
from sandbox.records.order_story import story_of
from sandbox.records.recording import RecordWriter
from sandbox.records.summary import Summary

MINUTE_US = 60_000_000
ORDER, RMA = "W-000001", "RMA-000001"
LINES: list[dict[str, Any]] = [{"line": 1, "sku": "A", "quantity": 2}]
CREDIT: dict[str, Any] = {"return": RMA, "currency": "GBP", "total_minor": 1250, "lines": LINES}
RETURN: list[tuple[str, str, str, dict[str, Any], str]] = [
    (
        "commerce",
        "return.requested",
        RMA,
        {"lines": LINES, "reason": "too-many"},
        "the shopper asks to send goods back (RMA-000001): 2 × A, too-many",
    ),
    (
        "wms",
        "return.expected",
        "RET-1",
        {"rma": RMA, "site": "LDS", "lines": LINES},
        "LDS expects return RMA-000001 as RET-1: 2 × A",
    ),
    ("wms", "return.arrived", RMA, {"site": "LDS", "lines": LINES}, "the parcel of return RMA-000001 is at LDS: 2 × A"),
    (
        "wms",
        "return.received",
        "RET-1",
        {"rma": RMA, "site": "LDS", "lines": [{**LINES[0], "disposition": "scrap"}]},
        "LDS has looked at return RMA-000001 (RET-1): 2 × A (scrap)",
    ),
    ("erp", "credit_note.posted", "CN-1", CREDIT, "the ERP posts credit note CN-1 over 12.50 GBP for RMA-000001"),
    (
        "commerce",
        "payment.refunded",
        "REF-1",
        {"amount_minor": 1250, "reference": "CN-1"},
        "12.50 is given back to the customer's card for CN-1 (REF-1)",
    ),
    (
        "erp",
        "refund.posted",
        "RP-1",
        {"credit_note": "CN-1", "amount_minor": 1250, "reference": "REF-1"},
        "the ERP books the refund of 12.50 for credit note CN-1 (RP-1)",
    ),
    (
        "commerce",
        "return.status",
        RMA,
        {"status": "credited", "version": 2},
        "the shop shows the customer of return RMA-000001: credited",
    ),
]


def test_an_orders_story_tells_its_return(tmp_path: Path) -> None:
    summary = Summary(title="T", scenario="s", design="d", seed=1, repeat="sandbox run s")
    with RecordWriter(tmp_path / "r", summary) as writer:
        for minute, (system, kind, entity, data, _) in enumerate(RETURN, start=1):
            writer.fact(Fact(minute, minute * MINUTE_US, system, kind, entity, ORDER, data, None, None))
        record = writer.close(summary)
    assert [moment.text for moment in story_of(record, ORDER)] == [told for *_, told in RETURN]
