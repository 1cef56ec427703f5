"""`make campaign`: the reference core under drawn fault plans, each on a small day; writes build/campaign.json.

Plan and knobs are drawn from the seed, so a finding is repeated by its seed alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track

from tests.sandbox.runs.small_runs import run, small_scenario, verdicts_of

OUT = Path(__file__).resolve().parents[2] / "build" / "campaign.json"
DEMAND = {"orders_per_day": 50, "skus": 12, "customers": 8}


@dataclass(frozen=True)
class Outcome:
    """One run: which invariants were violated, what was excused, and which faults struck."""

    seed: int
    orders: int
    violated: list[str]
    excused: int
    struck: list[str]
    plan: list[dict[str, object]]
    knobs: dict[str, object]


def one(seed: int) -> Outcome:
    """The run of one seed."""
    with tempfile.TemporaryDirectory() as folder:
        faults: list[dict[str, object]] = [{"drawn": {"atoms": 6}}]
        if seed % 4 == 0:
            faults.append({"swizzle": {"systems": ["commerce", "erp", "wms", "carrier"], "at": "12:00", "for": "2h"}})
        blocks = {"phases": {"warm_up": "2h", "settle": "3d"}, "knobs": "drawn"}
        scenario = small_scenario(Path(folder), faults, demand=DEMAND, **blocks)
        made = run(scenario, seed=seed)
    verdicts = verdicts_of(made)
    fired = made.faults.fired()
    return Outcome(
        seed,
        made.tallies.accepted,
        [name for name, verdict in verdicts.items() if verdict.verdict == "violated"],
        sum(sum(verdict.excused.values()) for verdict in verdicts.values()),
        [atom.kind for atom in made.plan.atoms if fired[atom.id]],
        made.plan.as_written(),
        made.knobs,
    )


def main() -> int:
    """Run the campaign; 0 without findings, 1 with some."""
    parser = argparse.ArgumentParser(prog="make campaign", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    console = Console()
    started = time.perf_counter()
    seeds = range(asked.first_seed, asked.first_seed + asked.runs)
    with ProcessPoolExecutor(asked.workers) as pool:
        runs = pool.map(one, seeds, chunksize=4)
        done = list(track(runs, description="drawn fault plans", total=len(seeds), console=console))
    seconds = time.perf_counter() - started
    findings = [outcome for outcome in done if outcome.violated]
    struck: dict[str, int] = {}
    for outcome in done:
        for kind in outcome.struck:
            struck[kind] = struck.get(kind, 0) + 1
    clean = {"runs": len(done), "findings": len(findings), "seconds": round(seconds, 1)}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(
        json.dumps({"clean": clean, "struck": struck, "findings": [asdict(found) for found in findings]}, indent=2)
        + "\n"
    )
    console.print(f"{len(done):,} runs, {sum(outcome.orders for outcome in done):,} orders, {seconds:.0f} s")
    console.print("faults that struck: " + ", ".join(f"{kind} {count:,}" for kind, count in sorted(struck.items())))
    console.print(f"excused: {sum(outcome.excused for outcome in done):,}")
    for found in findings:
        console.print(f"seed {found.seed}: {', '.join(found.violated)} violated")
    console.print(f"{len(findings)} runs with a finding; kept in {OUT}")
    return 1 if findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
