"""A standby for a core that is frozen: it takes over when the leases have run out, or is withdrawn when it does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sandbox.runs.judged_landscape import JudgedLandscape
from sandbox.runs.live_core import LiveCorePlan
from sandbox.worlds.live.supervisor import Supervisor

# The place of a standby's port above the landscape's base, which is the first core's.
STANDBY_PLACE: Final = 8


@asynccontextmanager
async def standing_by(up: JudgedLandscape, from_us: int) -> AsyncIterator[None]:
    """Have a standby started at `from_us`, if the block lasts so long.

    One that has taken over by the end of the block is the landscape's core from then on, until the landscape ends.
    """
    coming = asyncio.create_task(_come_up(up, from_us), name="standby")
    try:
        yield
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


async def _come_up(up: JudgedLandscape, from_us: int) -> None:
    await up.until(from_us)
    core = up.landscape.core
    assert core is not None, "a core was frozen"
    standby = _beside(core, up.core_name)
    standby.write()
    up.note("core.started", standby.name, {})
    parts = standby.parts(up.landscape.tokens)
    up.core = await up.also.enter_async_context(Supervisor(parts, up.hear))
    up.core_name = standby.name


def _beside(first: LiveCorePlan, frozen: str) -> LiveCorePlan:
    """Another core than the frozen one, at the port that it leaves free."""
    if frozen == first.name:
        return first.standby(2, first.file.port + STANDBY_PLACE)
    number = int(frozen.rpartition("-")[2]) + 1
    return first.standby(number, first.file.port + (STANDBY_PLACE if number % 2 == 0 else 0))
