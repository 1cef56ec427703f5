"""One run against real processes: the scenario's demand, faults and judges, in wall time at a speed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from mock_systems.kit.live.admin_wire import Status
from sandbox.errors import InputError
from sandbox.faults.live import not_live
from sandbox.faults.plan import FaultPlan
from sandbox.runs.judged_landscape import JudgedLandscape, judged_landscape
from sandbox.runs.judges import Judges
from sandbox.runs.judging import context_of
from sandbox.runs.live_faults import LiveFaults
from sandbox.runs.live_landscape import LiveLandscape, LiveRequest, planned
from sandbox.runs.live_ports import free_base
from sandbox.runs.live_settings import FULL, LiveSettings
from sandbox.runs.live_shoppers import LiveShoppers, ShownItems
from sandbox.runs.live_speed import chosen_speed
from sandbox.runs.planned_run import PlannedRun
from sandbox.runs.request import OnProgress, Progress
from sandbox.runs.scenario import Scenario
from sandbox.runs.shop_prices import ShopPrices
from sandbox.worlds.live import live_tokens
from sandbox.worlds.live.core.floors import with_floors
from sandbox.worlds.live.ledgers import CallListener
from sandbox.worlds.live.supervisor import Hear
from sandbox.worlds.virtual.notes import Note

_TELLS_EVERY_S: Final = 0.25
# What it takes a process that was killed to be at work again: the core is away for as long, whatever the plan says.
_RESTART_S: Final = 4.0


def _never(judges: Judges, heard_us: int) -> bool:
    return False


class LiveRun(PlannedRun):
    """A run that is ready to go; `go` lets it, once. `folder` is the landscape's; webhooks and events are kept there
    with `keeps_messages`.

    `plan` and `orders` take the place of the scenario's own, as in virtual time. The run ends as soon as `is_over` says
    so of its judges, who have heard all before the time that it is given. Add to `judges.listeners`, `notes` and
    `calls` before. Raises InputError for a scenario that can't be run live so.
    """

    fidelity = "http"

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        folder: Path,
        settings: LiveSettings,
        *,
        keeps_messages: bool = False,
        plan: FaultPlan | None = None,
        orders: Collection[str] | None = None,
        is_over: Callable[[Judges, int], bool] = _never,
    ) -> None:
        super().__init__(scenario, seed, plan, orders)
        self._is_over = is_over
        self._keeps_messages = keeps_messages
        self.settings = settings
        self.left_out = not_live(
            self.plan,
            own_servers=settings.stack == FULL,
            own_core=settings.external is None,
            foreign=settings.foreign,
        )
        if self.left_out and not settings.leave_out:
            name, why = next(iter(self.left_out.items()))
            kind = next(atom.kind for atom in self.plan.atoms if atom.id == name)
            remedy = "run it in virtual time, or leave out what can't be done live with --leave-out"
            raise InputError(f"fault {name} ({kind}) can't be carried out: {why}", field="--live", remedy=remedy)
        self.speed = chosen_speed(self) if settings.speed is None else settings.speed
        self.design = with_floors(self.scenario.design, self.speed, settings.floor_s)
        self.folder = folder
        self.faults = LiveFaults(self.plan, self.scenario.start_us, self.left_out)
        restart_us = round(_RESTART_S * self.speed * 1_000_000)
        carried_out = self.plan.without(*self.left_out)
        context = replace(context_of(carried_out, self.scenario, restart_us), foreign=tuple(sorted(settings.foreign)))
        self.judges = Judges(context, self.end_us - self.start_us)
        for name, foreign in settings.foreign.items():
            if foreign.system.facts is None:
                self.judges.oracle.deafen(name)
        self.notes: list[Callable[[Note], None]] = []
        self.calls: list[CallListener] = []
        self.shoppers: LiveShoppers | None = None
        self.statuses: dict[str, Status] = {}

    def landscape(self, port_base: int) -> LiveLandscape:
        """The processes that it needs, on ports from there on. Raises InputError."""
        external = self.settings.external
        request = LiveRequest(
            scenario=self.scenario,
            seed=self.seed,
            folder=self.folder,
            speed=self.speed,
            start_us=self.start_us,
            port_base=port_base,
            webhooks_to=None if external is None else external.webhooks_to,
            design=self.scenario.design if external is None else None,
            stack=self.settings.stack,
            floor_s=self.settings.floor_s,
            opening=self.demand.opening,
            foreign=self.settings.foreign,
            keeps_messages=self._keeps_messages,
            core=self.settings.core,
        )
        return planned(request, {} if external is None else os.environ)

    async def go(self, on_progress: OnProgress, hear: Hear) -> None:
        """Have the processes up, and let time pass from start to end; the judges have heard everything then.

        Raises InputError, PartFailed and LandscapeBroken.
        """
        base = self.settings.port_base
        with free_base() if base is None else nullcontext(base) as port_base:
            await self._go(self.landscape(port_base), on_progress, hear)

    async def _go(self, landscape: LiveLandscape, on_progress: OnProgress, hear: Hear) -> None:
        external = self.settings.external
        async with judged_landscape(
            landscape,
            self.judges,
            hear,
            timeouts_us=self._timeouts_us(),
            ends_us=self.end_us,
            notes=self.notes,
            calls=self.calls,
            before_start=None if external is None else external.there,
        ) as up:
            await self.faults.arm(up)
            async with _together([self._shoppers_of(up).run(), self.faults.run(up)]) as work:
                await self._pass_time(up, work, self.healed_us, on_progress)
                await self.faults.heal(up)
                await self._pass_time(up, work, self.end_us, on_progress)
            on_progress(self._told("judge", self.end_us))
            self.statuses = await up.statuses()
            await up.heard(self.end_us)
        if external is not None and not self.judges.desk:
            # A core that has no desk surfaces nothing there: whether it does so elsewhere is not known.
            self.judges.oracle.deafen("desk")

    def _timeouts_us(self) -> dict[str, int]:
        """How long the core waits for each system; nobody knows that of another's."""
        if self.settings.external is not None:
            return {}
        own = {name: self.design.call_policy(name).timeout_us for name in self.design.calls}
        default_us = self.design.calls["default"].timeout_us
        return {**dict.fromkeys(("commerce", "erp", "wms", "carrier", "desk"), default_us), **own}

    def _shoppers_of(self, up: JudgedLandscape) -> LiveShoppers:
        items = ShownItems(self.demand.opening)
        up.tail.facts.append(items.hear)
        (shop,) = [system for system in up.landscape.systems if system.name == "commerce"]
        prices = ShopPrices(self.demand.opening, items.items)
        token = up.landscape.tokens[live_tokens.SHOPPER]
        self.shoppers = LiveShoppers(self.demand.orders, up, shop.url, token, prices.of_today)
        return self.shoppers

    async def _pass_time(
        self, up: JudgedLandscape, work: Sequence[asyncio.Task[None]], until_us: int, on_progress: OnProgress
    ) -> None:
        while (now_us := up.now_us()) < min(until_us, self.end_us):
            phase = "demand" if now_us < self.demand_until_us else "settle"
            on_progress(self._told(phase, max(now_us, self.start_us)))
            await up.until(min(until_us, now_us + round(_TELLS_EVERY_S * self.speed * 1_000_000)))
            for task in work:
                if task.done():
                    task.result()  # what went wrong there ends the run
            if self._is_over(self.judges, up.tail.heard_until_us):
                self.end_us = up.now_us()
                return

    def _told(self, phase: Any, at_us: int) -> Progress:
        tallies = self.judges.tallies
        return Progress(phase, at_us, self.start_us, self.end_us, tallies.accepted, tallies.unfinished)


@asynccontextmanager
async def _together(works: Sequence[Coroutine[Any, Any, None]]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Have them under way for the length of a block; what is not done then is given up."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
