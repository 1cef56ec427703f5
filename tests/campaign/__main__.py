"""`make campaign`: the kill matrix, then the reference core under drawn fault plans; writes build/campaign.json.

Each known bug of tests/mutants is searched for, its finding made small, held against the reference core and tried
against running processes. Orders and plan of a drawn run come from its seed: a finding is repeated by its seed alone.
Findings are kept in build/findings. Ctrl-C keeps what was done.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rich.console import Console
from rich.progress import Progress

from sandbox.hunt.mutant import mutants
from sandbox.hunt.target import Target
from tests.campaign.clean import CleanRuns
from tests.campaign.confirmations import confirm_rows
from tests.campaign.kept import FINDINGS, OUT, keep
from tests.campaign.kills import KILLED, Limits, Row, inexpressible
from tests.campaign.matrix import figures_of, hunted_rows, say
from tests.mutants.planting import FOLDER


def main() -> int:
    """Run the campaign; 0 where all is as it should be, 1 where the core fails or a mutant lives, 130 when stopped."""
    asked = _asked()
    console = Console()
    good = True
    try:
        if asked.only != "clean":
            good &= _kill_matrix(asked, console)
        if asked.only != "mutants":
            good &= _clean(asked, console)
    except KeyboardInterrupt:
        console.print(f"Stopped: what was done is kept in {OUT}")
        return 130
    console.print(f"kept in {OUT}")
    return 0 if good else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.campaign", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = sorted(mutants(FOLDER))
    parser.add_argument("--only", choices=("mutants", "clean"), help="one of the two parts")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--mutant", action="append", choices=known, metavar="B08", help="some mutants; may be repeated")
    parser.add_argument("--hunt-seconds", type=float, default=Limits().hunt_s, help="wall time to find a mutant")
    parser.add_argument("--no-live", action="store_true", help="leave running processes out")
    parser.add_argument("--at-once", type=int, default=3, help="live runs side by side: most of their time they wait")
    parser.add_argument("--runs", type=int, default=10_000, help="drawn runs of the reference core")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--knobs", action="store_true", help="the design's figures are drawn, too")
    parser.add_argument("--until", choices=("delivered", "end"), default="delivered")
    return parser.parse_args()


def _kill_matrix(asked: argparse.Namespace, console: Console) -> bool:
    numbers = asked.mutant or sorted(mutants(FOLDER))
    rows = {row.mutant: row for row in ([] if asked.mutant else inexpressible())}
    limits = Limits(hunt_s=asked.hunt_seconds)
    with Progress(console=console) as progress:
        step = progress.add_task("mutants hunted", total=len(numbers))

        def hear(row: Row) -> None:
            rows[row.mutant] = row
            _keep_rows(list(rows.values()))
            progress.advance(step)

        hunted_rows(numbers, limits, asked.workers, FINDINGS / "mutants", hear)
        if not asked.no_live:
            step = progress.add_task("findings tried live", total=len(numbers))
            confirm_rows([rows[number] for number in numbers], asked.at_once, hear)
    ordered = [rows[number] for number in sorted(rows)]
    say(console, ordered)
    return all(row.status == KILLED for row in ordered if row.mutant in numbers)


def _keep_rows(rows: Sequence[Row]) -> None:
    ordered = sorted(rows, key=lambda row: row.mutant)
    keep(mutants=[row.as_json() for row in ordered], kill_matrix=figures_of(ordered))


def _clean(asked: argparse.Namespace, console: Console) -> bool:
    target = Target("hunting_day", overrides={"knobs": "drawn"} if asked.knobs else {}, until=asked.until)
    runs = CleanRuns(target, FINDINGS, console)
    try:
        runs.carry_out(range(asked.first_seed, asked.first_seed + asked.runs), asked.workers, _keep_clean)
    finally:
        _keep_clean(runs)
        runs.say()
    return not runs.found


def _keep_clean(runs: CleanRuns) -> None:
    keep(**runs.as_json())


if __name__ == "__main__":
    raise SystemExit(main())
