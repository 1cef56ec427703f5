"""A loaded run: a live landscape, Locust against it, kills and faults if wanted, time to settle, and the verdicts."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from typing import Final

from mock_systems.kit.streams import Streams
from sandbox.load.fault_plan import fault_plan
from sandbox.load.kills import DOWN_FOR_S, RESTART_S, carry_out, planned_kills
from sandbox.load.locust_command import CLOSED, OPEN, Master, check_installed, command_of
from sandbox.load.locust_process import LocustProcess
from sandbox.load.order_book import order_book
from sandbox.load.order_progress import OrderProgress
from sandbox.load.parts_up import PartsUp, part_names
from sandbox.load.plan_files import MEASURED, write_plan
from sandbox.load.request import BEGINS_AT_US, SETTLES_WITHIN_US, LoadRequest
from sandbox.load.results import Observed, result_of
from sandbox.load.settling import Settling
from sandbox.load.summing_up import Happened, begun, context_for, summed_up
from sandbox.load.target import PLAN_VARIABLE
from sandbox.load.watching import Watching
from sandbox.load.windows import read_windows
from sandbox.oracle.context import Window
from sandbox.records.record import Record
from sandbox.records.recording import RecordWriter
from sandbox.records.summary import Phases
from sandbox.runs.judged_landscape import JudgedLandscape, judged_landscape
from sandbox.runs.judges import Judges
from sandbox.runs.live_calls import CallSamples
from sandbox.runs.live_core import CORE
from sandbox.runs.live_execution import landscape_folder
from sandbox.runs.live_faults import LiveFaults
from sandbox.runs.live_landscape import LiveRequest, planned
from sandbox.runs.live_settings import FLOOR_S
from sandbox.runs.request import OnProgress, Phase, Progress
from sandbox.runs.summing_up import ABSORBED
from sandbox.system_names import SYSTEM_NAMES
from sandbox.worlds.live import live_tokens
from sandbox.worlds.live.core.floors import with_floors
from sandbox.worlds.live.parts.server_process import POSTGRES
from sandbox.worlds.live.supervisor import What
from sandbox.worlds.virtual.notes import Note

LEAD_S: Final = 5.0
"""From when the clocks begin until the load does: Locust takes its time to start,"""
WORKERS_LEAD_S: Final = 25.0
"""and workers on other machines theirs to find it."""
_LOOKS_EVERY_S: Final = 0.5


class LoadedRun:
    """One loaded run, ready to go. Making one draws its orders and kills. Raises InputError."""

    def __init__(self, request: LoadRequest) -> None:
        check_installed()
        self.request = request
        self._book = book = order_book(request)
        self._scenario = book.scenario
        self._plan = fault_plan(request, book.scenario)
        self._faults = LiveFaults(self._plan, book.scenario.start_us)
        self._begin_us = book.scenario.start_us + BEGINS_AT_US
        lead_s = WORKERS_LEAD_S if request.expect_workers else LEAD_S
        self._until_us = self._begin_us + self._systems_us(request.length_s)
        self._landscape = planned(
            LiveRequest(
                scenario=book.scenario,
                seed=request.seed,
                folder=landscape_folder(request.folder),
                speed=request.speed,
                start_us=self._begin_us - self._systems_us(lead_s),
                port_base=request.port_base,
                host=request.host,
                design=book.scenario.design,
                stack=request.stack,
                workers=request.workers,
                floor_s=FLOOR_S,
                opening=book.opening,
            ),
            os.environ,
        )
        parts, streams = part_names(self._landscape), Streams(request.seed)
        self._kills = planned_kills(request.kills, parts, request.length_s, streams)
        self._progress = OrderProgress()
        self._events: list[tuple[float, str]] = []
        self._restarts: Counter[str] = Counter()
        self._absorbed = 0

    async def go(self, on_progress: OnProgress) -> Record:
        """Let it pass, and keep its record and the load's result beside it. Raises SandboxError."""
        context = context_for(self._plan, self._scenario, self._core_downs(), self._until_us)
        judges = Judges(context, self._until_us - self._begin_us + SETTLES_WITHIN_US)
        end_us = self._until_us + SETTLES_WITHIN_US
        phases = Phases(
            start_us=self._begin_us, demand_until_us=self._until_us, healed_us=self._until_us, end_us=end_us
        )
        as_begun, started_s = begun(self.request, self._scenario, self._plan, phases), time.perf_counter()
        with RecordWriter(self.request.folder, as_begun) as writer:
            judges.listeners += [self._progress.observe, writer.fact]
            async with judged_landscape(
                self._landscape,
                judges,
                self._hear,
                timeouts_us=self._timeouts_us(),
                notes=[lambda note: writer.note(*note), self._count],
                calls=[CallSamples(writer.sample, self._begin_us, end_us - self._begin_us).hear],
            ) as up:
                parts = PartsUp(up)
                watching = Watching(parts.pids, up.admin)
                async with watching.going_on():
                    began_s = await self._load(up, parts, on_progress)
                    settled_s = await self._settle(up, on_progress)
                end_us = up.now_us()
                verdicts = await up.close(end_us)
                statuses = await up.statuses()
            happened = Happened(
                verdicts, statuses, self._faults.fired, self._absorbed, end_us, time.perf_counter() - started_s
            )
            summary = summed_up(as_begun, self._plan, self._scenario, judges, happened)
            for series in judges.figures.series():
                for at_us, value in series.points:
                    writer.sample(at_us, series.name, value)
            record = writer.close(summary)
        windows = read_windows(self._landscape.folder.path / MEASURED)
        seen = Observed(windows, watching, self._progress, self._events, self._restarts, began_s, settled_s)
        result_of(self.request, seen).write(record.folder)
        return record

    async def _load(self, up: JudgedLandscape, parts: PartsUp, on_progress: OnProgress) -> float:
        """Have Locust carry the plan out, with kills and faults; when it began, in seconds since 1970."""
        request, clock = self.request, up.landscape.clock
        began_s = (clock.wall_us + (self._begin_us - clock.now_us) / request.speed) / 1_000_000
        plan, path = write_plan(request, self._book.orders, up.landscape, began_s)
        names = (live_tokens.SHOPPER, live_tokens.PARTNER, live_tokens.CORE)
        secrets = {**{name: up.landscape.tokens[name] for name in names}, PLAN_VARIABLE: str(path.absolute())}
        files = CLOSED if request.orders_per_s is None else OPEN
        master = Master(request.host) if request.expect_workers else None
        command, log = command_of(plan, files, master), up.landscape.folder.log_of("locust")
        parts.locust = LocustProcess(command, secrets, log)
        await self._faults.arm(up)
        killing = asyncio.create_task(carry_out(self._kills, began_s, parts.kill, self._tell), name="kills")
        striking = asyncio.create_task(self._faults.run(up), name="faults")
        healing = asyncio.create_task(self._heal(up), name="heals")
        telling = asyncio.create_task(self._report(up, on_progress), name="progress")
        try:
            await up.unbroken(parts.locust.run())
            await killing
            await healing
            if striking.done():
                striking.result()  # what went wrong there ends the run
        finally:
            tasks = (killing, striking, healing, telling)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return began_s

    async def _heal(self, up: JudgedLandscape) -> None:
        """All faults off when the load ends, whether or not its last calls have been answered."""
        await up.until(self._until_us)
        await self._faults.heal(up)

    async def _settle(self, up: JudgedLandscape, on_progress: OnProgress) -> float | None:
        """Wait until all is shipped and booked, and quiet for a while; after how many seconds. None: time was up."""
        began_us = up.now_us()
        settling = Settling(began_us, time.monotonic())
        while up.now_us() < began_us + SETTLES_WITHIN_US:
            await up.unbroken(asyncio.sleep(_LOOKS_EVERY_S))
            on_progress(self._told(up, "settle"))
            if settling.look(up.now_us(), time.monotonic(), self._progress.is_idle):
                return settling.took_s
        return None

    async def _report(self, up: JudgedLandscape, on_progress: OnProgress) -> None:
        while True:
            on_progress(self._told(up, "demand"))
            await asyncio.sleep(_LOOKS_EVERY_S)

    def _told(self, up: JudgedLandscape, phase: Phase) -> Progress:
        whole = (self._begin_us, self._until_us + SETTLES_WITHIN_US)
        return Progress(phase, up.now_us(), *whole, up.judges.tallies.accepted, self._progress.open_orders)

    def _timeouts_us(self) -> dict[str, int]:
        """How long the core waits for each system."""
        policy = with_floors(self._scenario.design, self.request.speed, FLOOR_S).call_policy
        return {name: policy(name).timeout_us for name in SYSTEM_NAMES}

    def _core_downs(self) -> list[Window]:
        """When the core is away because of kills, its own or its database's."""
        away_us = self._systems_us(DOWN_FOR_S + RESTART_S)
        cores = (CORE, POSTGRES, *(part.name for part in self._landscape.core_parts()))
        at_us = [self._begin_us + self._systems_us(kill.at_s) for kill in self._kills if kill.part in cores]
        return [(from_us, from_us + away_us) for from_us in at_us]

    def _hear(self, name: str, what: What, detail: str) -> None:
        if what in ("died", "crashed"):
            self._restarts[name] += 1
        if what in ("died", "given-up", "silent"):
            self._tell(f"{name} {what} {detail}".strip())

    def _count(self, note: Note) -> None:
        self._absorbed += note.kind == ABSORBED

    def _tell(self, what: str) -> None:
        self._events.append((time.time(), what))

    def _systems_us(self, seconds: float) -> int:
        return round(seconds * self.request.speed * 1_000_000)
