"""What the provider does while it is degraded: every operation called in every condition, and read back afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.verification.behaviour.bench import Bench, Trial, Untestable
from sandbox.verification.behaviour.degrading import CONDITIONS, Degrading
from sandbox.verification.behaviour.effects import lacks, repeated_by
from sandbox.verification.behaviour.exchange import Answer
from sandbox.verification.behaviour.profile import Condition
from sandbox.verification.behaviour.sample import Sample, Subject
from sandbox.verification.behaviour.values import MISSING
from sandbox.verification.behaviour.waiting import wait_s

WAITS_MOST_S: Final = 30.0
WAITABLE: Final = (429, 503)
_AT_ONCE: Final = 4


@dataclass(slots=True)
class Seen:
    """A call in a condition: its answer, that of its retry, and what there was of it before, between and after."""

    condition: str
    sample: Sample
    key: str | None
    answer: Answer
    before: list[Any] | None = None
    between: list[Any] | None = None
    again: Answer | None = None
    after: list[Any] | None = None
    waited_s: float | None = None


@dataclass(slots=True)
class Watched:
    """An operation, and all that was seen of it. `reason` says why nothing was; `shown` are fields that show whole."""

    subject: Subject
    trial: Trial
    seen: list[Seen] = field(default_factory=list)
    reason: str = ""
    shown: tuple[str, ...] = ()

    def parts_missing(self, row: Any, body: Any) -> str | None:
        """What a thing that was made lacks of what was asked for, as a pointer; None: it is whole."""
        for name in self.shown:
            if not isinstance(row, Mapping) or name not in row:
                return f"/{name}"
            if (found := lacks(body[name], row[name], f"/{name}")) is not None:
                return found
        return None


class DegradedRun:
    """Takes the provider through all conditions that the profile knows. `hear` is told each as it begins."""

    def __init__(self, bench: Bench, subjects: Sequence[Subject], hear: Callable[[str], None]) -> None:
        self._bench = bench
        self._hear = hear
        self._degrading = Degrading(bench)
        self.watched = {one.operation.name: Watched(one, Trial(bench)) for one in subjects}
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def run(self) -> None:
        """All of them, one after the other; then `watched` tells what was seen."""
        wanted = [condition for condition in CONDITIONS if self._degrading.can(condition)]
        burst = self._bench.profile.degrade.burst
        if not wanted and burst is None:
            for watched in self.watched.values():
                watched.reason = "nothing is known that makes the provider degrade: give `degrade` in the profile"
            return
        if wanted:
            await self._for_all(self._healthy)
        for condition in wanted:
            self._hear(condition)
            try:
                await self._in(condition)
            except Untestable as reason:
                for watched in self.watched.values():
                    watched.reason = watched.reason or str(reason)
        if burst is not None:
            self._hear("burst")
            await self._burst(burst.operation, burst.calls)

    async def _in(self, condition: Condition) -> None:
        attempts = self._bench.profile.degrade.attempts if condition == "failing" else 1
        made: list[tuple[Watched, Seen]] = []
        samples: dict[str, list[tuple[Sample, list[Any] | None]]] = {}

        async def prepare(watched: Watched) -> None:
            found = samples[watched.subject.operation.name] = []
            for _ in range(attempts):
                sample = await Sample.make(watched.subject, watched.trial)
                found.append((sample, await sample.rows()))

        async def call(watched: Watched) -> None:
            for sample, before in samples.get(watched.subject.operation.name, ()):
                key = self._bench.key() if watched.subject.operation.key is not None else None
                seen = Seen(condition, sample, key, await sample.send(key=key), before)
                watched.seen.append(seen)
                made.append((watched, seen))

        await self._for_all(prepare)
        async with self._degrading.degraded(condition):
            await self._for_all(call)
            told = [seen for _, seen in made if seen.answer.status in WAITABLE]
            if told and self._degrading.ends_by_itself(condition):
                await self._degrading.is_to_end(condition)
                await asyncio.gather(*(self._come_back(seen) for seen in told))
        await asyncio.gather(*(self._look_back(watched, seen) for watched, seen in made))

    async def _come_back(self, seen: Seen) -> None:
        """Wait as long as was told, and call again."""
        try:
            told_s = wait_s(seen.answer, self._bench.clock.wall_us())
        except ValueError:
            return
        if told_s <= WAITS_MOST_S:
            await self._bench.wait(max(0.0, told_s))
            seen.waited_s = told_s
            async with self._gate:
                seen.again = await seen.sample.send(key=seen.key)

    async def _look_back(self, watched: Watched, seen: Seen) -> None:
        """What there is of it when all is well again, and what a retry makes of that."""
        async with self._gate:
            try:
                if seen.again is None:
                    seen.between = await seen.sample.rows()
                    if not seen.answer.ok and watched.subject.operation.is_write and repeated_by(seen.sample):
                        seen.again = await seen.sample.send(key=seen.key)
                seen.after = await seen.sample.rows()
            except Untestable as reason:
                watched.reason = watched.reason or str(reason)

    async def _healthy(self, watched: Watched) -> None:
        """One call while all is well, to know what a whole thing looks like."""
        sample = await Sample.make(watched.subject, watched.trial)
        before = await sample.rows()
        operation = watched.subject.operation
        answer = await sample.send(key=self._bench.key() if operation.key is not None else None)
        if not answer.ok:
            raise Untestable(f"the sample is not taken: {answer.why}")
        body, rows = sample.body(), await sample.rows()
        new = [row for row in rows or () if row not in (before or ())]
        if body is not MISSING and isinstance(body, Mapping) and len(new) == 1 and isinstance(new[0], Mapping):
            row = new[0]
            watched.shown = tuple(name for name in body if name in row and lacks(body[name], row[name]) is None)

    async def _burst(self, name: str, calls: int) -> None:
        """Many calls at once, so that the provider's own limit strikes."""
        watched = self.watched.get(name)
        if watched is None or watched.reason:
            return
        try:
            samples = [await Sample.make(watched.subject, watched.trial) for _ in range(calls)]
        except Untestable as reason:
            watched.reason = str(reason)
            return
        keys = [self._bench.key() for _ in samples]
        pairs = list(zip(samples, keys, strict=True))
        answers = await asyncio.gather(*(sample.send(key=key) for sample, key in pairs))
        seen = [
            Seen("burst", sample, key, answer)
            for (sample, key), answer in zip(pairs, answers, strict=True)
            if answer.status in WAITABLE
        ]
        watched.seen += seen
        await asyncio.gather(*(self._come_back(one) for one in seen[:_AT_ONCE]))

    async def _for_all(self, act: Callable[[Watched], Any]) -> None:
        async def one(watched: Watched) -> None:
            if watched.reason:
                return
            async with self._gate:
                try:
                    await act(watched)
                except Untestable as reason:
                    watched.reason = str(reason)

        await asyncio.gather(*(one(watched) for watched in self.watched.values()))
