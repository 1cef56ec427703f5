"""The relay: publishes what the outbox holds, at least once, and each key's events in their order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from sandbox.core.journal.journal import Journal
from sandbox.core.journal.outbox import Kept, Outbox
from sandbox.core.ports import Bus, Clock, Observer, Row, Transaction, TransportError

PAGE: Final = 200
# So many failures of different keys and no success in between: the bus is away, not a message bad.
_BUS_AWAY: Final = 5
_REMOVED_AT_ONCE: Final = 50
_HOLD_BASE_US: Final = 200_000
_HOLD_CAP_US: Final = 10_000_000


class OutboxRelay:
    """Publishes what is handed over after a commit at once, and sweeps the outbox for what was not.

    An event that cannot be published holds back the later ones of its key, and no other key's. Published rows are
    removed many at a time; a crash before that publishes them again, which at least once allows.
    """

    def __init__(
        self,
        journal: Journal,
        bus: Bus,
        clock: Clock,
        observer: Observer,
        outbox: Outbox,
        sweep_every_us: int = 5_000_000,
    ) -> None:
        self._outbox = outbox
        self._journal = journal
        self._bus = bus
        self._clock = clock
        self._observer = observer
        self._sweep_every_us = sweep_every_us
        self._next_sweep_us = 0
        self._fresh: list[Kept] = []
        self._published: dict[str, None] = {}
        # Whose events this relay publishes, by key; the others are published by the workers that have them.
        self.is_ours: Callable[[str], bool] = lambda _: True
        self._woken = False
        self._resting: asyncio.Future[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_us = 0
        self._held: dict[str, tuple[int, int]] = {}
        self._failing: dict[str, None] = {}

    def wake(self, rows: Sequence[Kept] = ()) -> None:
        """There is something new: `rows` that were just committed, or else something to be found by a sweep."""
        self._fresh.extend(rows)
        if not rows:
            self._next_sweep_us = 0
        self._rouse()

    async def run(self) -> None:
        """Publish until cancelled. Raises StoreError when the store stays away."""
        while True:
            self._woken = False
            if self._held or self._clock.now_us() >= self._next_sweep_us:
                bus_answers = await self.sweep()
            else:
                bus_answers = await self._publish_fresh()
            if bus_answers:
                await self._rest()
            else:
                await asyncio.sleep(_HOLD_CAP_US / 2_000_000)

    async def sweep(self) -> bool:
        """Go through the outbox once, or leave it when too much fails; False when the bus is away."""
        self._fresh.clear()  # the sweep finds them: they were committed before they were handed over
        self._next_sweep_us = self._clock.now_us() + self._sweep_every_us
        await self._remove_published()
        after = ""
        failures = 0
        skipped: dict[str, None] = {}
        while True:
            rows = await self._page(after)
            failures = await self._publish_rows(rows, skipped, failures)
            await self._remove_published()
            if failures >= _BUS_AWAY:
                return False
            if len(rows) < PAGE:
                # A held key that was not met has been told by another core's relay.
                self._held = {key: held for key, held in self._held.items() if key in skipped}
                self._failing = {key: None for key in self._failing if key in skipped}
                return not self._bus_is_away
            after = rows[-1][0]

    async def _publish_fresh(self) -> bool:
        fresh, self._fresh = self._fresh, []
        failures = await self._publish_rows(fresh, {}, 0)
        if len(self._published) >= _REMOVED_AT_ONCE:
            await self._remove_published()
        return failures < _BUS_AWAY

    @property
    def _bus_is_away(self) -> bool:
        """Many have failed since one got through. They come due one by one: no sweep of all the outbox for each."""
        return len(self._failing) >= _BUS_AWAY

    async def _publish_rows(self, rows: Sequence[Kept], skipped: dict[str, None], failures: int) -> int:
        """Publish what may be; how many have failed in a row, of different keys, in this sweep."""
        for row_key, row in rows:
            if failures >= _BUS_AWAY:
                break
            if row_key in self._published or not self.is_ours(row["key"]) or self._skips(row["key"], skipped):
                continue
            if await self._publish(row):
                self._published[row_key] = None
                failures = 0
            else:
                skipped[row["key"]] = None
                failures += 1
        return failures

    async def _remove_published(self) -> None:
        if not self._published:
            return
        row_keys = list(self._published)
        await self._remove(row_keys)
        for row_key in row_keys:
            del self._published[row_key]

    def _rouse(self) -> None:
        self._woken = True
        if self._resting is not None and not self._resting.done():
            self._resting.set_result(None)

    async def _page(self, after: str) -> Sequence[tuple[str, Row]]:
        async def read(tx: Transaction) -> Sequence[tuple[str, Row]]:
            return await self._outbox.page(tx, after, PAGE)

        return await self._journal.run(read)

    async def _remove(self, row_keys: Sequence[str]) -> None:
        async def remove(tx: Transaction) -> None:
            await self._outbox.remove(tx, row_keys)

        await self._journal.run(remove)

    def _skips(self, key: str, skipped: dict[str, None]) -> bool:
        """Whether this key is held back; once it is, for the whole sweep, or a later event would overtake."""
        if key in skipped:
            return True
        held = self._held.get(key)
        if held is None or self._clock.now_us() >= held[1]:
            return False
        skipped[key] = None
        return True

    async def _publish(self, row: Row) -> bool:
        key = row["key"]
        try:
            await self._bus.publish(row["topic"], row["event"])
        except TransportError as error:
            failures = self._held.get(key, (0, 0))[0] + 1
            wait_us = min(_HOLD_CAP_US, _HOLD_BASE_US << min(failures - 1, 16))
            self._held[key] = (failures, self._clock.now_us() + wait_us)
            self._failing[key] = None
            self._observer.note("event.held", key, cause=error.__class__.__name__, failures=failures)
            return False
        self._held.pop(key, None)
        self._failing.clear()
        return True

    async def _rest(self) -> None:
        """Until woken, a held key's time has come, or the next sweep is due."""
        now_us = self._clock.now_us()
        due_us = max(now_us, self._next_sweep_us)
        if self._held:
            due_us = min(due_us, *(at_us for _, at_us in self._held.values()))
        self._set_alarm(due_us, now_us)
        if not self._woken:
            self._resting = asyncio.get_running_loop().create_future()
            await self._resting

    def _set_alarm(self, due_us: int, now_us: int) -> None:
        """Wake at `due_us` at the latest. An alarm that is set for an earlier time stays: most rests end before it."""
        if self._alarm is not None:
            if self._alarm_us <= due_us:
                return
            self._alarm.cancel()
        self._alarm_us = due_us
        self._alarm = asyncio.get_running_loop().call_later(max(0, due_us - now_us) / 1_000_000, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self._rouse()
