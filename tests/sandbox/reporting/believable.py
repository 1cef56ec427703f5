"""Records that look like real ones: a few hundred orders in a day, made by hand, in seconds and without a world."""

from __future__ import annotations

import random
from collections.abc import Callable
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

from mock_systems.kit.ledger import Fact
from sandbox.oracle.book_comparison import compared_books
from sandbox.oracle.context import Context
from sandbox.oracle.figures import Figures, Outside, Traffic
from sandbox.oracle.oracle import Oracle
from sandbox.oracle.verdict import Verdict
from sandbox.records.record import Record
from sandbox.records.recording import RecordWriter
from sandbox.records.summary import ExceptionResult, ExpectationResult, FaultResult, FigureResult, Phases, Summary
from sandbox.records.summary import Traffic as DoorTraffic
from sandbox.runs.judged import book_results, findings, invariant_results
from tests.sandbox.oracle.history import HOUR_US, MINUTE_US, SKUS, START_US, History
from tests.sandbox.oracle.order_steps import Order

END_US = START_US + 48 * HOUR_US
OUTAGE = (START_US + 10 * HOUR_US, START_US + 12 * HOUR_US)
DEMAND: dict[str, Any] = {
    "source": "orders.csv",
    "currency": "GBP",
    "rows": 200,
    "orders_seen": 150,
    "orders": 140,
    "taken": [
        {
            "name": "accepted",
            "meaning": "a line of an order",
            "lines": 180,
            "units": 900,
            "value_minor": 1234500,
            "examples": [{"line": 2, "text": "1,<b>A</b>,2"}],
        }
    ],
    "set_aside": [
        {"name": "no_item", "meaning": "postage", "lines": 20, "units": 20, "value_minor": -995, "examples": []}
    ],
    "traits": [],
    "derived": ["3 items, priced as sold."],
    "attribution": "A Wholesaler (2011), CC0.",
}


class Day:
    """A day of orders: each step happens at its time, with an ERP that is away over noon."""

    def __init__(self, orders: int = 140, seed: int = 1) -> None:
        self.history = History(stock=4000)
        self.orders: list[Order] = []
        self._draw = random.Random(seed)
        self._due: list[tuple[int, int, Callable[[], object]]] = []
        self._number = 0
        for _ in range(orders):
            hour = min(max(self._draw.gauss(11, 2.5), 6), 19)
            self.at(START_US + round(hour * HOUR_US), self._accept)
        for minute in range(0, 24 * 60, 15):
            self.at(START_US + minute * MINUTE_US + 7, self.history.publish)

    def at(self, at_us: int, act: Callable[[], object]) -> None:
        """Have something happen then."""
        self._number += 1
        heappush(self._due, (at_us, self._number, act))

    def pass_by(self) -> History:
        """Let it all happen; the history that came of it."""
        while self._due:
            at_us, _, act = heappop(self._due)
            self.history.now_us = at_us
            act()
        return self.history

    def _accept(self) -> None:
        draw, now_us = self._draw, self.history.now_us
        basket = [(sku, draw.randint(1, 6)) for sku in draw.sample(SKUS, draw.randint(1, 3))]
        flat = [part for line in basket for part in line]
        order = self.history.order(*flat, payment=draw.choice(["card", "account"]))
        self.orders.append(order)
        entered_us = self._when_erp_is_there(now_us + draw.randint(1, 60) * 1_000_000)
        if draw.random() < 0.08:
            self.at(entered_us + HOUR_US, order.cancel)
            return
        self.at(entered_us, order.erp)
        sites = ("LDS",) if draw.random() < 0.7 else ("LDS", "BHM")
        self.at(entered_us + 1_000_000, lambda: order.to_the_dock(*sites))
        leaves_us = (entered_us // HOUR_US + 2) * HOUR_US
        for which in range(len(sites)):
            self._ship(order, which, leaves_us + which * draw.randint(0, 3) * HOUR_US)
        self.at(leaves_us + 20 * HOUR_US, lambda: order.scan("in_transit", "delivered"))

    def _ship(self, order: Order, which: int, leaves_us: int) -> None:
        """A shipment leaves, and is billed some seconds later."""

        def ship() -> None:
            if which < len(order.shipments):
                order.ship(which).fulfil(which)

        def bill() -> None:
            if which < len(order.shipments):
                order.bill(which)
            order.tell("invoiced")

        self.at(leaves_us, ship)
        self.at(self._when_erp_is_there(leaves_us + self._draw.randint(1, 30) * 1_000_000), bill)

    def _when_erp_is_there(self, at_us: int) -> int:
        return at_us if not OUTAGE[0] <= at_us < OUTAGE[1] else OUTAGE[1] + at_us % MINUTE_US


def judged(facts: list[Fact]) -> tuple[tuple[Verdict, ...], tuple[Any, ...], Figures, Oracle]:
    """Verdicts and figures of some facts, and who came to them."""
    oracle = Oracle(Context())
    figures = Figures(oracle)
    for fact in facts:
        oracle.observe(fact)
    verdicts = oracle.close(END_US)
    traffic = {"erp": Traffic(1200, 40, 16), "wms": Traffic(900, 30, 8)}
    return verdicts, figures.close(END_US, Outside(traffic, 17)), figures, oracle


def begun(title: str = "A day with an outage") -> Summary:
    """What is known before anything has happened."""
    return Summary(
        title=title,
        about="Orders keep coming while the ERP is away",
        scenario="erp_outage",
        design="hybrid",
        seed=7,
        repeat="sandbox run erp_outage --seed 7",
        versions={"sandbox": "0.1.0", "python": "3.11.2"},
        phases=Phases(
            start_us=START_US,
            demand_until_us=START_US + 24 * HOUR_US,
            healed_us=START_US + 24 * HOUR_US,
            end_us=END_US,
        ),
        demand=DEMAND,
    )


def good_day(folder: Path, orders: int = 140, seed: int = 1) -> Record:
    """A record of a day on which all went well, an outage over noon included."""
    return record_of(folder, Day(orders, seed).pass_by())


def bad_day(folder: Path) -> Record:
    """The same day, but three orders are invoiced twice."""
    day = Day()
    for hour in (14, 15, 16):
        day.at(START_US + hour * HOUR_US + 1, lambda: _invoiced_again(day))
    return record_of(folder, day.pass_by())


def _invoiced_again(day: Day) -> None:
    order = next(order for order in day.orders if any(s.invoice for s in order.shipments) and order not in _again(day))
    _again(day).append(order)
    first = order.shipments[0].invoice
    order.invoice(0)
    order.shipments[0].invoice = first


def _again(day: Day) -> list[Order]:
    return day.__dict__.setdefault("again", [])  # type: ignore[no-any-return]


def record_of(folder: Path, history: History) -> Record:
    """A history as a run's record, with the notes that a world would have made."""
    verdicts, figures, _, oracle = judged(history.facts)
    with RecordWriter(folder, begun()) as writer:
        _write(writer, history.facts)
        opened = [fact for fact in history.facts if fact.kind == "exception.opened"]
        return writer.close(
            begun().model_copy(
                update={
                    "fingerprint": "c0ffee" * 10,
                    "virtual_seconds": (END_US - START_US) / 1e6,
                    "wall_seconds": 2.5,
                    "remote_calls": 2100,
                    "faults": _faults(),
                    "figures": [FigureResult(**figure.as_json()) for figure in figures],
                    "invariants": invariant_results(verdicts),
                    "findings": findings(verdicts),
                    "books": book_results(compared_books([history.facts], oracle.cases.availability)),
                    "expectations": [
                        ExpectationResult(text="no violations", passed=not findings(verdicts), actual="seen"),
                        ExpectationResult(text="orders accepted >= 10", passed=True, actual="140"),
                    ],
                    "exceptions": [
                        ExceptionResult(
                            id=fact.entity,
                            order=fact.order,
                            cause=fact.data["cause"],
                            subject=fact.data["subject"],
                            message=fact.data["message"],
                            opened_us=fact.at_us,
                        )
                        for fact in opened
                    ],
                    "traffic": {"erp": DoorTraffic(calls=1200, refused=40, by_operation={"postInvoice": 140})},
                }
            )
        )


def _write(writer: RecordWriter, facts: list[Fact]) -> None:
    for fact in facts:
        writer.fact(fact)
        if fact.kind == "sales_order.created" and fact.seq % 3 == 0:
            detail = {"fault": "F1", "what": "lost_reply"}
            writer.note(fact.at_us, "faults", "call.struck", "erp createSalesOrder", fact.order, detail)
            writer.note(fact.at_us + 9, "network", "call.timed-out", "erp POST /x", None, {"trace": fact.trace})
    for minute in range(0, 48 * 60, 5):
        for system in ("commerce", "erp"):
            writer.sample(START_US + minute * MINUTE_US, f"calls.{system}", minute % 60)


def _faults() -> list[FaultResult]:
    text = "the ERP refuses all connections from 10:00 to 12:00"
    window = {"from_us": OUTAGE[0], "until_us": OUTAGE[1]}
    crash_us = START_US + 15 * HOUR_US
    return [
        FaultResult(id="F1", kind="outage", text=text, fired=40, **window),
        FaultResult(id="F2", kind="core_crash", text="never", from_us=crash_us, until_us=crash_us, fired=0),
    ]
