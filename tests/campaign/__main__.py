"""`make campaign`: the reference core under drawn fault plans, each on a small day; writes build/campaign.json.

Orders and plan are drawn from the seed, so a finding is repeated by its seed alone; it is kept as a file, too.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import track

from sandbox.hunt.crew import Alone, Crew, LocalCrew
from sandbox.hunt.finding import found_in as finding_of
from sandbox.hunt.finding import write_finding
from sandbox.hunt.target import Target
from tests.campaign.drawn import Found, drawn_trial, found_in

OUT = Path(__file__).resolve().parents[2] / "build" / "campaign.json"
FINDINGS = OUT.with_name("findings")
ROUND = 100


def main() -> int:
    """Run the campaign; 0 without findings, 1 with some."""
    parser = argparse.ArgumentParser(prog="make campaign", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--knobs", action="store_true", help="the design's figures are drawn, too")
    parser.add_argument("--until", choices=("delivered", "end"), default="delivered")
    asked = parser.parse_args()
    console = Console()
    target = Target("hunting_day", overrides={"knobs": "drawn"} if asked.knobs else {}, until=asked.until)
    crew: Crew = LocalCrew(asked.workers) if asked.workers > 1 else Alone()
    started, orders, runs = time.perf_counter(), 0, 0
    found: list[Found] = []
    struck: Counter[str] = Counter()
    seeds = range(asked.first_seed, asked.first_seed + asked.runs)
    rounds = [seeds[first : first + ROUND] for first in range(0, len(seeds), ROUND)]
    try:
        for some in track(rounds, description="drawn fault plans", console=console):
            trials = [drawn_trial(seed) for seed in some]
            for place, outcome in crew.outcomes(target, trials, (), watch=False):
                runs, orders = runs + 1, orders + len(outcome.orders)
                struck.update(atom.kind for atom in trials[place].atoms if outcome.fired.get(atom.id))
                failed = found_in(trials[place], outcome)
                if failed is not None:
                    found.append(failed)
                    finding = finding_of(target, trials[place], outcome, outcome.violations[0], "campaign")
                    console.print(f"seed {failed.seed}: {', '.join(failed.violated)}")
                    console.print(f"  {write_finding(FINDINGS, finding)}")
    except KeyboardInterrupt:
        console.print("Stopped: what was done is told")
    finally:
        crew.close()
    seconds = time.perf_counter() - started
    clean = {"runs": runs, "findings": len(found), "seconds": round(seconds, 1)}
    told = {"clean": clean, "struck": dict(sorted(struck.items())), "findings": [each.as_json() for each in found]}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(told, indent=2) + "\n")
    rate = runs / seconds
    console.print(f"{runs:,} runs, {orders:,} orders, {seconds:.0f} s, {rate:.1f} runs a second")
    console.print("faults that struck: " + ", ".join(f"{kind} {count:,}" for kind, count in sorted(struck.items())))
    console.print(f"{len(found)} runs with a finding; kept in {OUT}")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
