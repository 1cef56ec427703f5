"""A mock system that lives in the time of the wall: every input goes through here, is timed, carried out and kept.

Its books are in memory, its inputs in a file. After a crash, and for a snapshot, the books are made again from those.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from mock_systems.kit.faults import CallFault, WebhookFault
from mock_systems.kit.live import input_log as kinds
from mock_systems.kit.live.alarm_book import AlarmBook
from mock_systems.kit.live.call_book import CallBook
from mock_systems.kit.live.deliveries import Deliveries
from mock_systems.kit.live.hand_overs import Give, HandOver, HandOvers, Take
from mock_systems.kit.live.input_log import Beginning, Entry, InputLog, called_again, kept_call
from mock_systems.kit.live.paced_environment import PacedEnvironment
from mock_systems.kit.live.wall_clock import Anchor, WallClock
from mock_systems.kit.system import MockSystem
from mock_systems.kit.wire import Answer, Request, problem

# Makes a system from its beginning, wired to give goods away; and what it takes from others, by kind.
Build = Callable[[Beginning, Give], "tuple[MockSystem, Mapping[str, Take]]"]

_BREATHES_EVERY: Final = 200  # inputs of a replay, between which the process answers its health checks
_SNAPSHOT_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class SnapshotError(ValueError):
    """A snapshot that isn't there, or can't be called so."""


class Watch(Protocol):
    """Sees each call carried out."""

    def call(self, system: MockSystem, request: Request, now_us: int) -> Answer:
        """Have it carried out."""


class LiveSystem:
    """One system with its clock, its inputs, its webhooks and its loads on their way.

    `receivers` and `token` say where goods that leave it are brought, and how. `is_made`: there is a system already.
    `is_ready` is false while books are being made from inputs: calls are answered with 503. `on_renewed` hear of each
    new `system`, `on_failure` of an exception of the physics, after which the process should end, `on_turned` whenever
    faults were armed, the clock was set or the system goes on as another; `watch` sees calls.
    """

    system: MockSystem
    beginning: Beginning
    _env: PacedEnvironment

    def __init__(
        self, name: str, build: Build, clock: WallClock, folder: Path, *, receivers: Mapping[str, str], token: str
    ) -> None:
        self.name = name
        self.clock = clock
        self.is_made = False
        self.is_ready = False
        self.on_renewed: list[Callable[[MockSystem], None]] = []
        self.on_failure: list[Callable[[BaseException], None]] = []
        self.on_turned: list[Callable[[], None]] = []
        self.watch: Watch | None = None
        self._build = build
        self.folder = folder
        self._inputs = InputLog(folder / "inputs.jsonl")
        self.deliveries = Deliveries(clock, self._answered)
        self.hand_overs = HandOvers(name, receivers, token, self._handed)
        self.calls = CallBook()
        self.alarms = AlarmBook()
        self._takes: Mapping[str, Take] = {}
        self._taken: dict[str, None] = {}

    # -- life ----------------------------------------------------------------------------------------------------

    async def start(self, beginning: Beginning) -> None:
        """Begin, or go on from the inputs of an earlier process in the same folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._inputs.path.exists():
            self._inputs.mend()
            await self._replay()
            self._go_on()
        else:
            self._begin(beginning)

    def reset(self, beginning: Beginning, anchor: Anchor | None = None) -> None:
        """Begin anew: nothing of the books remains. The clock goes on, or by `anchor`, even back."""
        if anchor is not None:
            self.clock.anchor = anchor
        self._begin(beginning)

    async def close(self) -> None:
        """Stop the physics and all that is on its way; the inputs remain."""
        self.is_ready = False
        self._env.stop()
        await self.deliveries.close()
        await self.hand_overs.close()
        self._inputs.close()

    def _begin(self, beginning: Beginning) -> None:
        self._inputs.begin(beginning)
        self._keep_clock()
        self._renew(beginning)
        self._go_on()

    async def _replay(self) -> int:
        """Make the books again from the inputs; the time of the last one."""
        self.is_ready = False
        beginning, inputs = self._inputs.read()
        self._renew(beginning)
        at_us = beginning.start_us
        for count, entry in enumerate(inputs):
            at_us = entry[0]
            self._repeat(entry)
            if count % _BREATHES_EVERY == 0:
                await asyncio.sleep(0)
        self._inputs.open()
        return at_us

    def _renew(self, beginning: Beginning) -> None:
        """Make the system as it is at its beginning."""
        if self.is_made:
            self._env.stop()
        self.is_made = True
        self.beginning = beginning
        self.hand_overs.renew(beginning.generation)
        self._taken = {}
        self.system, self._takes = self._build(beginning, self.hand_overs.give)
        self.deliveries.renew(self.system.webhooks.secret)
        self.system.webhooks.transport = self.deliveries.transport
        self._env = PacedEnvironment(beginning.start_us)
        self._env.failed = self._failed
        self.system.door.visitors.append(self.calls.visit)
        self.alarms.listen(self.system)
        self.system.start(self._env)
        for hear in self.on_renewed:
            hear(self.system)

    def _go_on(self) -> None:
        """Follow the clock, and let out what the books want to send."""
        self.system.witness = lambda request, at_us: self._inputs.write(at_us, kinds.CALL, *kept_call(request))
        self.is_ready = True
        # Before time goes on: what becomes due while it catches up is sent, not taken for what was lost with a process.
        self.deliveries.begin()
        self.hand_overs.begin()
        self._env.pace(self.clock)
        self._turned()

    def _failed(self, error: BaseException) -> None:
        for hear in self.on_failure:
            hear(error)

    # -- inputs --------------------------------------------------------------------------------------------------

    def now_us(self) -> int:
        """The system's time, up to which everything has happened."""
        now_us = self.clock.now_us()
        self._env.advance(now_us)
        return int(self._env.now)

    def seconds(self, span_us: int) -> float:
        """How many seconds of the wall a span of the system's time takes."""
        return self.clock.seconds(span_us)

    def receive(self, request: Request) -> Answer:
        """Take a call at the door."""
        if not self.is_ready:
            return Answer(problem(503, "restoring", "the system is making its books again; come back in a moment"))
        now_us = self.now_us()
        if self.watch is None:
            return self.system.receive(request, now_us)
        return self.watch.call(self.system, request, now_us)

    def arm(self, calls: Sequence[CallFault], webhooks: Sequence[WebhookFault]) -> None:
        """Carry out these faults from now on, in place of those before; none: the system is healed."""
        now_us = self.now_us()
        self._arm(calls, webhooks)
        self._inputs.write(now_us, kinds.FAULTS, [f.as_dict() for f in calls], [f.as_dict() for f in webhooks])
        self._turned()

    def forget_subscribers(self) -> int:
        """Delete all subscriptions to webhooks, and tell nobody; how many there were."""
        now_us = self.now_us()
        count = self._forget_subscribers()
        self._inputs.write(now_us, kinds.FORGOTTEN)
        return count

    def take(self, load: HandOver) -> bool:
        """Take goods that another system hands over; False where they were taken before.

        Raises ValueError for a kind that this system takes none of, and for goods that can't be meant.
        """
        if load.id in self._taken:
            return False
        take = self._takes.get(load.kind)
        if take is None:
            raise ValueError(f"{self.name} takes no {load.kind!r}")
        now_us = self.now_us()
        take(load.data, now_us)
        self._taken[load.id] = None
        self._inputs.write(now_us, kinds.ARRIVED, load.id, load.kind, load.data)
        return True

    def set_clock(self, anchor: Anchor) -> None:
        """Go by another anchor. Raises ClockError where that would turn the clock back."""
        self.now_us()
        self.clock.set(anchor)
        self._keep_clock()
        self._env.retime()
        self._turned()

    def _answered(self, number: int, status: int | None) -> None:
        now_us = self.now_us()
        self.deliveries.settle(number, status)
        self._inputs.write(now_us, kinds.ANSWERED, number, status)

    def _handed(self, number: int) -> None:
        self.hand_overs.settle(number)
        self._inputs.write(self.now_us(), kinds.HANDED, number)

    def _arm(self, calls: Sequence[CallFault], webhooks: Sequence[WebhookFault]) -> None:
        self.system.door.arm(calls)
        self.system.webhooks.arm(webhooks)

    def _forget_subscribers(self) -> int:
        webhooks = self.system.webhooks
        names = list(webhooks.subscriptions)
        for name in names:
            webhooks.unsubscribe(name)
        return len(names)

    def _turned(self) -> None:
        for hear in self.on_turned:
            hear()

    def _keep_clock(self) -> None:
        anchor = self.clock.anchor
        self._inputs.write(self.clock.now_us(), kinds.CLOCK, anchor.wall_us, anchor.now_us, anchor.speed)

    def _repeat(self, entry: Entry) -> None:
        """Carry out an input that was kept, at its own time."""
        at_us, kind, *rest = entry
        self._env.advance(at_us)
        if kind == kinds.CALL:
            request, route, params = called_again(rest, self.system.routes)
            self.system.handle(request, route, params, at_us)
        elif kind == kinds.ANSWERED:
            self.deliveries.settle(*rest)
        elif kind == kinds.FAULTS:
            self._arm([CallFault.from_dict(f) for f in rest[0]], [WebhookFault.from_dict(f) for f in rest[1]])
        elif kind == kinds.ARRIVED:
            load = HandOver(*rest)
            self._takes[load.kind](load.data, at_us)
            self._taken[load.id] = None
        elif kind == kinds.HANDED:
            self.hand_overs.settle(*rest)
        elif kind == kinds.FORGOTTEN:
            self._forget_subscribers()
        elif kind == kinds.CLOCK:
            self.clock.anchor = Anchor(*rest)
        else:
            raise ValueError(f"{self._inputs.path}: an input of the unknown kind {kind!r}")

    # -- snapshots -----------------------------------------------------------------------------------------------

    def snapshots(self) -> list[str]:
        """The names of those there are."""
        return sorted(path.stem for path in self._snapshots.glob("*.jsonl"))

    def snapshot(self, name: str) -> None:
        """Keep the present state under a name, in place of an older one of that name. Raises SnapshotError."""
        path = self._snapshot_file(name)
        path.parent.mkdir(exist_ok=True)
        self.now_us()
        self._keep_clock()
        self._inputs.copy_to(path)

    async def restore(self, name: str, anchor: Anchor | None = None) -> None:
        """Be again as at the snapshot; what was on its way then comes again.

        The clock is turned back to that time, or goes by `anchor`. Raises SnapshotError where there is none of that
        name.
        """
        path = self._snapshot_file(name)
        if not path.exists():
            raise SnapshotError(f"there is no snapshot {name!r}")
        speed = self.clock.anchor.speed
        self._inputs.close()
        InputLog(path).copy_to(self._inputs.path, self.beginning.generation + 1)
        taken_us = await self._replay()
        self.clock.anchor = anchor or Anchor(self.clock.wall_us(), taken_us, speed)
        self._keep_clock()
        self._go_on()

    @property
    def _snapshots(self) -> Path:
        return self.folder / "snapshots"

    def _snapshot_file(self, name: str) -> Path:
        if not _SNAPSHOT_NAME.fullmatch(name):
            raise SnapshotError(f"{name!r} is no name of a snapshot: letters, digits, dots, dashes, 64 at most")
        return self._snapshots / f"{name}.jsonl"
