"""From measurements to results: moments, memory's slope, what was full first, what became of orders."""

from __future__ import annotations

import pytest

from mock_systems.kit.ledger import Fact
from sandbox.load import figures
from sandbox.load.order_progress import OrderProgress
from sandbox.load.process_sampling import MACHINE, Sample
from sandbox.load.saturation import DoorSample, resources
from sandbox.load.windows import Windows


def samples(name: str, *cpu: float, memory: float = 50e6, grows: float = 0.0) -> list[Sample]:
    return [Sample(float(at), name, one, int(memory + grows * at), 1) for at, one in enumerate(cpu)]


def test_moments_cover_the_run_in_at_most_150_stretches() -> None:
    windows = Windows()
    for second in range(1200):
        windows.of(second, "place order").add(2000, 1000, 201, failed=second % 100 == 0)
    told = figures.moments(windows, 1200.0)
    assert len(told) == 150
    assert sum(moment.calls["place order"] for moment in told) == 1200
    assert sum(moment.failed for moment in told) == 12
    assert told[3].at_s == 24
    assert told[0].latency_ms.p50 == pytest.approx(2.0, rel=0.01)
    (whole,) = figures.operations(windows, 1200.0)
    assert (whole.calls, whole.per_s, whole.statuses) == (1200, 1.0, {"201": 1200})
    assert whole.service_ms.p99 == pytest.approx(1.0, rel=0.01)
    assert figures.moments(Windows(), 60.0) == []


def test_growth_of_memory_is_told_an_hour_and_warm_up_is_left_out() -> None:
    flat, growing = samples("core", *[0.5] * 100), samples("wms", *[0.1] * 100, grows=1000.0)
    warming = [Sample(s.at_s, "erp", 0.1, 10_000_000 if s.at_s < 20 else 50_000_000, 1) for s in flat]
    told = {part.name: part for part in figures.parts([*flat, *growing, *warming], 0.0, 100.0, {})}
    assert told["core"].growth_bytes_per_hour == 0
    assert told["wms"].growth_bytes_per_hour == pytest.approx(3_600_000, rel=0.01)
    assert told["erp"].growth_bytes_per_hour == 0
    assert told["erp"].memory_first_bytes == told["erp"].memory_peak_bytes == 50_000_000
    (restarted,) = figures.parts(flat, 0.0, 100.0, {"core": 2})
    assert (restarted.growth_bytes_per_hour, restarted.restarts) == (None, 2)
    (short,) = figures.parts(flat[:8], 0.0, 8.0, {})
    assert short.growth_bytes_per_hour is None


def test_what_was_full_first_comes_first() -> None:
    used = resources(
        [
            *samples("erp", 0.2, 0.95, 0.2, 0.95, 0.95, 0.95),
            *samples("core", 0.5, 0.91, 0.92, 0.93, 0.9, 0.1),
            *samples("postgres", 1.5, 1.5, 1.5, 1.5, 1.5, 1.5),
            *samples(MACHINE, 1.0, 1.2, 1.2, 1.2, 1.2, 1.2),
        ],
        [],
        2,
        {"postgres": 2},
    )
    assert [(one.name, one.full_at_s) for one in used] == [
        ("core: processor", 1.0),
        ("erp: processor", 3.0),
        ("postgres: processor", None),
        ("machine: all 2 cores", None),
    ]
    assert used[2].peak_share == 0.75


def test_what_others_took_of_the_machine_is_told() -> None:
    machine, core, erp = samples(MACHINE, *[1.9] * 4), samples("core", *[0.5] * 4), samples("erp", 0.0, 0.4, 0.4, 0.0)
    assert figures.cores_of_others([*machine, *core, *erp]) == 1.2
    assert figures.cores_of_others([*samples(MACHINE, 0.4), *samples("core", 0.5)]) == 0
    assert figures.cores_of_others([]) is None


def test_a_door_that_turns_calls_away_is_full() -> None:
    doors = [
        DoorSample(0, "erp", 100, 0),
        DoorSample(0, "wms", 100, 50),
        DoorSample(1, "erp", 200, 0),
        DoorSample(2, "erp", 300, 5),
        DoorSample(3, "erp", 10, 9),  # a new process counts anew
        DoorSample(3, "wms", 300, 50),
    ]
    assert [(one.name, one.peak_share, one.full_at_s) for one in resources([], doors, 2, {})] == [
        ("erp: calls that its door grants", 0.05, 2)
    ]


class Books:
    """Facts one after the other."""

    def __init__(self) -> None:
        self.progress = OrderProgress()
        self.count = 0

    def write(self, system: str, kind: str, order: str | None, entity: str = "", **data: object) -> None:
        self.count += 1
        self.progress.observe(Fact(self.count, self.count, system, kind, entity, order, data, None, None))

    def lines(self, quantity: int) -> dict[str, object]:
        return {"lines": [{"line": 1, "sku": "A", "quantity": quantity}]}


def test_an_order_is_lost_when_nobody_answers_for_it() -> None:
    books = Books()
    assert books.progress.is_idle
    for number in range(1, 6):
        books.write("commerce", "order.accepted", f"W-{number}", **books.lines(3))
    books.write("erp", "sales_order.created", "W-1")
    books.write("wms", "outbound.shipped", "W-1", **books.lines(2))
    books.write("wms", "outbound.shipped", "W-1", **books.lines(1))
    books.write("erp", "invoice.posted", "W-1", **books.lines(3))
    books.write("commerce", "order.cancelled", "W-2")
    books.write("desk", "exception.opened", "W-3", "X-1")
    books.write("desk", "exception.opened", "W-4", "X-2")
    books.write("desk", "exception.closed", "W-4", "X-2")
    assert not books.progress.is_idle
    assert books.progress.open_orders == 3
    told = books.progress.result(["W-1", "W-2", "W-2", "W-9"])
    assert (told.confirmed, told.accepted, told.forgotten, told.lost) == (3, 5, 1, 2)
    assert (told.at_erp, told.shipped, told.invoiced, told.cancelled, told.excepted) == (1, 1, 1, 1, 1)
    assert told.examples == ["W-9", "W-4", "W-5"]
    for order in ("W-4", "W-5"):
        books.write("erp", "sales_order.created", order)
        books.write("erp", "invoice.posted", order, **books.lines(3))
    assert books.progress.is_idle


def test_an_order_on_hold_waits_for_a_clerk_and_not_for_the_core() -> None:
    books = Books()
    books.write("commerce", "order.accepted", "W-1", **books.lines(3))
    books.write("erp", "sales_order.created", "W-1")
    assert not books.progress.is_idle
    books.write("erp", "sales_order.held", "W-1")
    assert books.progress.is_idle
    assert books.progress.result(["W-1"]).held == 1
    books.write("erp", "sales_order.released", "W-1")
    assert not books.progress.is_idle
    books.write("erp", "sales_order.held", "W-1")
    books.write("erp", "sales_order.rejected", "W-1")
    assert (books.progress.result([]).held, books.progress.result([]).cancelled) == (0, 1)
