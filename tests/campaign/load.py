"""`python -m tests.campaign.load kills|soak`: the two long loaded runs, checked; writes build/load-NAME.json."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

BUILD = Path(__file__).resolve().parents[2] / "build"
FLAT_SHARE = 0.05
"""Memory is flat where its straight line grows by less over the steady part of the run,"""
FLAT_BYTES = 2_000_000
"""or by less than this: a process's own noise."""
BOOK_BYTES_AN_ORDER = 25_000
"""Those who keep books grow by what they keep of each order, and by no more than this. PostgreSQL keeps the core's
journal: its pages fill a cache of fixed size, 128 MB, which counts as it is first written to."""
BOOKKEEPERS = ("commerce", "erp", "wms", "carrier", "desk", "postgres", "sandbox load")
RUNS: dict[str, list[str]] = {
    "kills": [
        *("steady", "--rate", "5.3", "--minutes", "16", "--stack", "full", "--faults", "lost_replies"),
        *("--kill", "core=10", "--kill", "nats=1", "--kill", "postgres=1"),
    ],
    # Eight days of the systems' time: orders are delivered within three, so that as many end as begin.
    "soak": ["steady", "--rate", "1", "--minutes", "20", "--speed", "600", "--stack", "full"],
}


def problems_of_kills(told: dict[str, Any]) -> list[str]:
    """What is wrong with the run under kills."""
    orders = told["orders"]
    found = [] if orders["accepted"] >= 5000 else [f"only {orders['accepted']} orders"]
    found += [f"{orders[name]} {name}" for name in ("lost", "forgotten") if orders[name]]
    found += [f"{name} violated" for name, verdict in told["verdicts"].items() if verdict == "violated"]
    struck = [what for _, what in told["events"]]
    for part, times in (("core", 10), ("nats", 1), ("postgres", 1)):
        if struck.count(f"kill -9 of {part}") != times:
            found.append(f"{part} was not killed {times} times")
    return found


def problems_of_soak(told: dict[str, Any]) -> list[str]:
    """What is wrong with the soak: memory that grows, or a violated invariant."""
    found = [f"{name} violated" for name, verdict in told["verdicts"].items() if verdict == "violated"]
    orders = told["orders"]["accepted"] * 0.75  # the slope is that of the last three quarters
    for part in told["parts"]:
        if part["name"] == "machine":
            continue
        if part["growth_bytes_per_hour"] is None:
            found.append(f"{part['name']} was restarted")
            continue
        grown = part["growth_bytes_per_hour"] * told["minutes"] * 0.75 / 60
        if part["name"] in BOOKKEEPERS:
            if grown > BOOK_BYTES_AN_ORDER * orders:
                found.append(f"{part['name']} grew by {grown / orders / 1000:.1f} kB an order")
        elif grown > FLAT_BYTES and part["growth_share"] > FLAT_SHARE:
            found.append(f"{part['name']} grew by {grown / 1e6:.1f} MB, {part['growth_share']:.1%}")
    return found


CHECKS: dict[str, Callable[[dict[str, Any]], list[str]]] = {"kills": problems_of_kills, "soak": problems_of_soak}


def main() -> int:
    """Do one; 0 when all is well."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaign.load", description=__doc__)
    parser.add_argument("run", choices=sorted(RUNS))
    parser.add_argument("--out", default=None, help="the run's folder")
    parser.add_argument("--port-base", default="8100")
    asked = parser.parse_args()
    console = Console()
    folder = asked.out or f"runs/load-{asked.run}"
    command = [sys.executable, "-m", "sandbox", "load", *RUNS[asked.run], "--json"]
    command += ["--out", folder, "--port-base", asked.port_base]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 1, 3):
        return done.returncode
    told = json.loads(done.stdout)
    problems = CHECKS[asked.run](told)
    BUILD.mkdir(exist_ok=True)
    kept = BUILD / f"load-{asked.run}.json"
    kept.write_text(json.dumps({"problems": problems, **told}, indent=2) + "\n")
    orders = told["orders"]
    console.print(f"{orders['accepted']:,} orders, {orders['lost']} lost; exit code {done.returncode}")
    for part in told["parts"]:
        slope = part["growth_bytes_per_hour"]
        grown = "restarted" if slope is None else f"{slope / 1e6:+.1f} MB an hour"
        console.print(f"  {part['name']}: {part['memory_last_bytes'] / 1e6:.1f} MB, {grown}")
    console.print("\n".join(problems) or "nothing is wrong")
    console.print(f"kept in {kept}; its page: {told['report']}")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
