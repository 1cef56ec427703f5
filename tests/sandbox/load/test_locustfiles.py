"""The locustfiles under a real Locust, against a shop in a thread."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mock_systems.kit.streams import Streams
from sandbox.load.arrivals import PLACE, POLL, STATUS, STOCK, planned_arrivals
from sandbox.load.locust_command import CLOSED, OPEN, Master, command_of
from sandbox.load.shapes import SHAPES
from sandbox.load.target import LoadPlan, write_lines
from sandbox.load.windows import Windows, read_windows
from tests.mock_systems.live.served import free_port
from tests.sandbox.load.shop_in_a_thread import Shop, serving

TOKENS = dict.fromkeys(("SANDBOX_TOKEN_SHOPPER", "SANDBOX_TOKEN_PARTNER", "SANDBOX_TOKEN_CORE"), "t")


def body(number: int) -> dict[str, object]:
    return {"reference": f"R-{number}", "lines": []}


def load(
    folder: Path, plan: LoadPlan, files: tuple[str, ...], master: Master | None = None, without: str = ""
) -> Windows:
    """What Locust measured; `without` one of its tokens."""
    plan.write(folder / "plan.json")
    environment = {**os.environ, **TOKENS, "SANDBOX_LOAD": str(folder / "plan.json")}
    environment.pop(without, None)
    done = subprocess.run(
        command_of(plan, files, master),
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert ("Traceback" in done.stderr) == bool(without), done.stderr
    return read_windows(folder / "measured.jsonl")


def test_planned_arrivals_do_not_wait_for_a_shop_that_stands_still(tmp_path: Path) -> None:
    arrivals = planned_arrivals(SHAPES["steady"], 30, 2, Streams(1))
    orders = [body(number) for number in range(len(arrivals))]
    write_lines(tmp_path / "arrivals.jsonl", arrivals)
    write_lines(tmp_path / "orders.jsonl", orders)
    with serving(Shop(stands_still=(0.5, 1.0))) as shop:
        files = {"orders": "orders.jsonl", "arrivals": "arrivals.jsonl", "measured": "measured.jsonl"}
        plan = LoadPlan(commerce_url=shop.url, wms_url=shop.url, core_url=shop.url, length_s=2, processes=2, **files)
        windows = load(tmp_path, plan, OPEN)
    placed = sum(arrival.operation == PLACE for arrival in arrivals)
    assert len(shop.references) == len(set(shop.references)) == len(set(windows.confirmed)) == placed
    assert shop.keys == shop.references
    assert (windows.starts.planned, windows.starts.dropped) == (len(arrivals), 0)
    waited = [window for window in windows if window.operation == PLACE]
    slow = sum(1 for window in waited for bucket in window.latency.buckets.elements() if 1.02**bucket > 100_000)
    # Half of the time nobody was answered: all that were due then waited, for half a second in the mean.
    assert slow > placed * 0.2
    assert {window.operation for window in windows} == {PLACE, STATUS, STOCK, POLL}


def test_a_start_on_which_the_load_generator_breaks_is_dropped_and_not_made(tmp_path: Path) -> None:
    arrivals = planned_arrivals(SHAPES["steady"], 30, 2, Streams(1))
    write_lines(tmp_path / "arrivals.jsonl", arrivals)
    write_lines(tmp_path / "orders.jsonl", [body(number) for number in range(len(arrivals))])
    with serving(Shop()) as shop:
        files = {"orders": "orders.jsonl", "arrivals": "arrivals.jsonl", "measured": "measured.jsonl"}
        plan = LoadPlan(commerce_url=shop.url, wms_url=shop.url, core_url=shop.url, length_s=2, **files)
        windows = load(tmp_path, plan, OPEN, without="SANDBOX_TOKEN_CORE")
    assert STATUS not in {window.operation for window in windows}
    assert windows.starts.started == sum(window.calls for window in windows)
    assert windows.starts.dropped == len(arrivals) - windows.starts.started > 0
    assert (windows.starts.void_because() or "").startswith(f"{windows.starts.dropped} of {len(arrivals)} planned")


def test_users_come_back_with_the_same_reference(tmp_path: Path) -> None:
    write_lines(tmp_path / "orders.jsonl", [body(number) for number in range(50)])
    with serving(Shop(refuse_first=True)) as shop:
        files = {"orders": "orders.jsonl", "measured": "measured.jsonl"}
        urls = {"commerce_url": shop.url, "wms_url": shop.url, "core_url": shop.url}
        windows = load(tmp_path, LoadPlan(**urls, users=10, begins_at_s=time.time(), length_s=6, **files), CLOSED)
    assert windows.confirmed
    assert all(0 <= window.at_s < 30 for window in windows), "seconds of the load, whenever it began"
    assert len(shop.references) == 2 * len(set(shop.references))
    windowed = [window for window in windows if window.operation == PLACE]
    assert sum(window.failed for window in windowed) == len(set(shop.references))
    assert any(path.startswith("/outbound-orders?limit=50&cursor=5") for path in shop.paths)


@pytest.mark.campaign
def test_workers_that_come_by_themselves_are_told_their_share(tmp_path: Path) -> None:
    arrivals = planned_arrivals(SHAPES["steady"], 30, 3, Streams(1))
    write_lines(tmp_path / "arrivals.jsonl", arrivals)
    write_lines(tmp_path / "orders.jsonl", [body(number) for number in range(len(arrivals))])
    master = Master(port=free_port())
    worker = [
        sys.executable,
        "-c",
        "import os, sys; from sandbox.load.locust_command import Master; "
        "from sandbox.load.worker import work; sys.exit(work(Master(port=int(sys.argv[1])), os.environ))",
    ]
    with serving(Shop()) as shop:
        files = {"orders": "orders.jsonl", "arrivals": "arrivals.jsonl", "measured": "measured.jsonl"}
        plan = LoadPlan(commerce_url=shop.url, wms_url=shop.url, length_s=3, processes=2, **files)
        environment = {**os.environ, **TOKENS}
        workers = [
            subprocess.Popen([*worker, str(master.port)], env=environment, stderr=subprocess.DEVNULL) for _ in range(2)
        ]
        windows = load(tmp_path, plan, OPEN, master)
        assert [worker.wait(10) for worker in workers] == [0, 0]
    placed = sum(arrival.operation == PLACE for arrival in arrivals)
    assert len(set(shop.references)) == len(set(windows.confirmed)) == placed
    assert (windows.starts.planned, windows.starts.dropped) == (len(arrivals), 0)
