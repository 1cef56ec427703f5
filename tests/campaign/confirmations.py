"""The kill matrix's column of running processes: is the small finding of each row confirmed there?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.hunt.confirming import confirming
from sandbox.hunt.finding import read_finding
from sandbox.hunt.side_by_side import side_by_side
from tests.campaign.kills import FAILED, KILLED, Row


def confirm_rows(rows: Sequence[Row], at_once: int, hear: Callable[[Row], None]) -> None:
    """Try the findings of all rows live, so many side by side; `hear` gets each row with its answer."""
    jobs = [partial(with_live_answer, row) for row in rows]
    asyncio.run(side_by_side(jobs, at_once, lambda _, row: hear(row)))


async def with_live_answer(row: Row) -> Row:
    """The row after its small finding was tried against processes. One that was not killed stays as it is."""
    if row.file is None or row.status != KILLED:
        return row
    try:
        answer = await confirming(read_finding(Path(row.file)))
    except SandboxError as error:
        return replace(row, live=FAILED, reason=_both(row.reason, f"live: {error}"))
    why = "; ".join(f"{name}: {reason}" for name, reason in answer.reasons.items())
    if answer.answer == "not confirmed":
        broken = ", ".join(f"{invariant} ({role})" for invariant, role in answer.failures)
        why = f"live: {broken or 'nothing was violated'}"
    return replace(row, live=answer.answer, reason=_both(row.reason, why), live_seconds=round(answer.seconds, 1))


def _both(one: str, other: str) -> str:
    return "; ".join(filter(None, (one, other)))
