"""Results of loaded runs that look like real ones, without a run."""

from __future__ import annotations

from typing import Any

from sandbox.records.load_result import (
    LoadResult,
    Moment,
    OperationResult,
    OrdersResult,
    ProcessResult,
    ResourceResult,
    StartsResult,
    Times,
)

TIMES = Times(p50=3.0, p90=5.0, p95=8.5, p99=40.0, p99_9=151.0)


def part(name: str, **changes: Any) -> ProcessResult:
    """One process that takes a third of a core, and more memory with time."""
    points = [(float(at), 0.3, 50_000_000 + at * 10_000) for at in range(-5, 140)]
    memory = {"memory_first_bytes": 50_000_000, "memory_last_bytes": 51_400_000, "memory_peak_bytes": 51_400_000}
    given = {"growth_bytes_per_hour": 36_000_000.0, "growth_share": 0.02, **memory, **changes}
    return ProcessResult(name=name, cpu_mean=0.3, cpu_peak=0.6, points=points, **given)


def loaded_result(**changes: Any) -> LoadResult:
    """Two minutes of two orders a second, and one kill."""
    calls = {"place order": 2, "order status": 2}
    operation = OperationResult(
        operation="place order",
        calls=240,
        failed=3,
        per_s=2.0,
        statuses={"0": 3, "201": 235, "409": 2},
        latency_ms=TIMES,
        service_ms=TIMES,
    )
    orders = {"confirmed": 235, "accepted": 235, "forgotten": 0, "at_erp": 235, "shipped": 234, "invoiced": 234}
    given: dict[str, Any] = {
        "shape": "spike",
        "users": None,
        "orders_per_s": 2.0,
        "minutes": 2.0,
        "speed": 60.0,
        "stack": "full",
        "processes": 1,
        "workers": 1,
        "settled_s": 61.5,
        "repeat": "sandbox load spike --rate 2 --minutes 2",
        "starts": StartsResult(planned=480, started=480, late=1, dropped=0, lateness_ms_p99=2.5),
        "operations": [operation, operation.model_copy(update={"operation": "order status"})],
        "moments": [Moment(at_s=at, calls=calls, failed=at % 40 == 0, latency_ms=TIMES) for at in range(120)],
        "orders": OrdersResult(**orders, cancelled=1, held=0, excepted=0, lost=0),
        "parts": [part("core", restarts=1, growth_bytes_per_hour=None), part("erp"), part("machine")],
        "resources": [
            ResourceResult(name="core: processor", peak_share=0.97, full_at_s=48.0),
            ResourceResult(name="erp: processor", peak_share=0.4, full_at_s=None),
        ],
        "saturated_first": "core: processor",
        "cores_of_others": 0.1,
        "events": [(50.5, "kill -9 of core")],
        "cores": 2,
        **changes,
    }
    return LoadResult(**given)
