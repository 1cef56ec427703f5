"""A core is ready while it works, and no longer than that."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from sandbox.core.design import Design
from sandbox.core.hub import Hub
from sandbox.core.ports import Ports
from sandbox.core.systems.credentials import Credential
from sandbox.hunt.stage import Stage, beginning_of
from sandbox.hunt.target import Target, loaded
from sandbox.hunt.trial import Trial
from sandbox.worlds.virtual.errors import UnhandledError


def test_one_that_dies_of_a_fault_of_its_own_is_not_ready() -> None:
    hubs: list[Hub] = []

    def core(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> Hub:
        hubs.append(Hub(ports, design, credentials))
        return hubs[-1]

    async def dies() -> None:
        await asyncio.sleep(600)
        raise ZeroDivisionError("planted")

    target = Target("hunting_day", overrides={"demand": {"orders_per_day": 4}})
    ready: list[bool] = []
    # The world tells of a core that died, sooner or later.
    with contextlib.suppress(UnhandledError), Stage(loaded(target), core, beginning_of(Trial())) as stage:
        stage.pass_to(stage.run.start_us + 60_000_000)
        ready.append(hubs[0].is_ready)
        hubs[0]._group.create_task(dies())
        with contextlib.suppress(UnhandledError):
            stage.pass_to(stage.run.start_us + 3_600_000_000)
        ready.append(hubs[0].is_ready)
    assert ready == [True, False]
