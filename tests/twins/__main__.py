"""`make twins`: every case in both worlds; prints the comparison and writes build/twins.json.

Ends with 1 where the worlds disagree, or where an invariant is not violated that the case is there to break.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from sandbox.errors import SandboxError
from tests.twins.arms import live, virtual
from tests.twins.cases import CASES, Case

_BUILD: Final = Path("build/twins.json")


class Row(NamedTuple):
    """One case: which invariants were violated in each world."""

    case: str
    virtual: list[str]
    live: list[str]
    agree: bool


def main() -> int:
    """Compare; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.twins", description="The same cases in both worlds.")
    parser.add_argument("--only", action="append", metavar="CASE", help="this one; may be given again")
    parser.add_argument("--at-once", type=int, default=4, metavar="N", help="live runs side by side (4)")
    asked = parser.parse_args()
    chosen = [case for case in CASES if not asked.only or case.name in asked.only]
    began = time.monotonic()
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # a PostgreSQL that root starts runs as somebody else, who has to enter
        rows = asyncio.run(_compare(chosen, Path(folder), asked.at_once))
    _BUILD.parent.mkdir(exist_ok=True)
    _BUILD.write_text(json.dumps([row._asdict() for row in rows], indent=2) + "\n")
    agreeing = sum(row.agree for row in rows)
    print(f"{agreeing} of {len(rows)} cases agree, {time.monotonic() - began:.0f} s; {_BUILD}")
    blunt = [case.name for case, row in zip(chosen, rows, strict=True) if not case.breaks <= set(row.virtual)]
    for name in blunt:
        print(f"{name}: nothing breaks that was meant to", file=sys.stderr)
    return 0 if agreeing == len(rows) and not blunt else 1


async def _compare(cases: Sequence[Case], folder: Path, at_once: int) -> list[Row]:
    in_virtual_time = [sorted(virtual(case, folder), key=_number) for case in cases]
    print(f"{'case':28} {'virtual':30} {'live':30} agree", flush=True)
    turn = asyncio.Semaphore(at_once)
    rows = [_row(case, folder, found, turn) for case, found in zip(cases, in_virtual_time, strict=True)]
    return await asyncio.gather(*rows)


async def _row(case: Case, folder: Path, in_virtual_time: list[str], turn: asyncio.Semaphore) -> Row:
    async with turn:
        try:
            in_wall_time = sorted(await live(case, folder), key=_number)
        except SandboxError as error:
            in_wall_time = [f"failed: {error}"]
    row = Row(case.name, in_virtual_time, in_wall_time, in_virtual_time == in_wall_time)
    shown = [" ".join(found) or "nothing violated" for found in (row.virtual, row.live)]
    print(f"{row.case:28} {shown[0]:30} {shown[1]:30} {'yes' if row.agree else 'NO'}", flush=True)
    return row


def _number(invariant: str) -> int:
    return int(invariant.removeprefix("I"))


if __name__ == "__main__":
    sys.exit(main())
