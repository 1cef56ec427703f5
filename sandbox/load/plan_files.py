"""The files that a loaded run writes for Locust's processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from mock_systems.kit.streams import Streams
from mock_systems.process import LOOPBACK
from sandbox.load.arrivals import planned_arrivals
from sandbox.load.request import LoadRequest
from sandbox.load.target import LoadPlan, write_lines
from sandbox.runs.live_landscape import LiveLandscape

MEASURED: Final = "measured.jsonl"
_ORDERS: Final = "orders.jsonl"
_ARRIVALS: Final = "arrivals.jsonl"
_PLAN: Final = "plan.json"


def write_plan(
    request: LoadRequest, orders: Sequence[Mapping[str, Any]], landscape: LiveLandscape, began_s: float
) -> tuple[LoadPlan, Path]:
    """Write orders, arrivals and the plan into the landscape's folder; the plan, and its file. Raises OSError.

    From other machines the core can't be reached, it stays on loopback, and workers that come by themselves have no
    token of it: how far an order is they ask the shop.
    """
    folder = landscape.folder.path
    (folder / MEASURED).unlink(missing_ok=True)
    write_lines(folder / _ORDERS, orders)
    is_open = request.orders_per_s is not None
    if request.orders_per_s is not None:
        streams = Streams(request.seed)
        write_lines(
            folder / _ARRIVALS, planned_arrivals(request.shape, request.orders_per_s, request.length_s, streams)
        )
    urls = {system.name: system.url for system in landscape.systems}
    asks_shop = request.host != LOOPBACK or request.expect_workers > 0
    plan = LoadPlan(
        commerce_url=urls["commerce"],
        wms_url=urls["wms"],
        core_url=None if landscape.core is None or asks_shop else landscape.core.url,
        shape=request.shape.name,
        users=request.users or 1,
        length_s=request.length_s,
        begins_at_s=began_s,
        processes=request.generators,
        seed=request.seed,
        orders=_ORDERS,
        arrivals=_ARRIVALS if is_open else None,
        measured=MEASURED,
    )
    plan.write(folder / _PLAN)
    return plan, folder / _PLAN
