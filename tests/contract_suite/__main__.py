"""`make contracts`: every check of every contract, and the planted drifts; writes build/contracts.json."""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.contract_suite.steps import Row, steps

OUT = Path(__file__).resolve().parents[2] / "build" / "contracts.json"
GOOD = ("pass", "caught")


def main() -> int:
    """Carry all steps out; 0 where every verdict is good, 1 where one is not."""
    parser = argparse.ArgumentParser(prog="make contracts", description=__doc__)
    parser.add_argument("--only", action="append", help="only steps of this check, as often as you like")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    console, started = Console(), time.perf_counter()
    rows: list[Row] = []
    with TemporaryDirectory() as folder, ThreadPoolExecutor(asked.workers) as pool:
        chosen = [step for step in steps(Path(folder)) if not asked.only or step.check in asked.only]
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("contracts", total=len(chosen))
            running = {pool.submit(step.rows): step for step in chosen}
            for done in as_completed(running):
                rows += done.result()
                bar.update(task, advance=1, description=f"{running[done].check} {running[done].subject}")
    seconds = round(time.perf_counter() - started, 1)
    rows.sort(key=lambda row: (row.check, row.subject))
    OUT.parent.mkdir(exist_ok=True)
    told = [{"check": row.check, "subject": row.subject, "verdict": row.verdict, "detail": row.detail} for row in rows]
    OUT.write_text(json.dumps({"seconds": seconds, "rows": told}, indent=2) + "\n")
    table = Table("check", "subject", "verdict", "")
    for row in rows:
        table.add_row(row.check, row.subject, row.verdict, row.detail)
    console.print(table)
    bad = [row for row in rows if row.verdict not in GOOD]
    console.print(f"{len(rows)} rows, {len(bad)} not as they should be; {seconds:.0f} s; kept in {OUT}")
    return 1 if bad or not rows else 0


if __name__ == "__main__":
    raise SystemExit(main())
