"""Each request on its way through the proxy: met by the faults that are armed, passed on, learnt from."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mock_systems.kit import faults as kinds
from mock_systems.kit.door import Observer
from mock_systems.kit.face import to_bytes
from mock_systems.kit.faults import CallFault, FaultError
from mock_systems.kit.live.wall_clock import WallClock
from mock_systems.kit.mishaps import stop
from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Reply, problem
from sandbox.worlds.live.proxy.exchange import Incoming, Outcome, Outgoing, Silence, as_json
from sandbox.worlds.live.proxy.operations import Operations
from sandbox.worlds.live.proxy.spoiling import OldReplies, cut_short, malformed, poisoned
from sandbox.worlds.live.proxy.subjects import Maker, Subjects
from sandbox.worlds.live.proxy.upstream import Lost, NotReached, Upstream, held
from sandbox.worlds.live.proxy.visits import Visits

_LEARNS_FROM: Final = 1_048_576  # bytes; a longer reply teaches nothing
_ELSEWHERE: Final = (kinds.LATE_INDEX, kinds.PAGE_DRIFT)
_AFTER_THE_EFFECT: Final = (
    kinds.LOST_REPLY, kinds.MALFORMED, kinds.PARTIAL, kinds.POISONED, kinds.STALE_READ,
)  # fmt: skip
_LOG: Final = logging.getLogger(__name__)


@dataclass(slots=True)
class Passage:
    """One request: the `ordinal`-th of its operation and order, and the faults that mean it."""

    request: Incoming
    operation: str
    order: str | None
    at_us: int
    hits: tuple[CallFault, ...]

    def struck_by(self, kind: str) -> CallFault | None:
        """The first of its faults that is of this kind."""
        return next((fault for fault in self.hits if fault.kind == kind), None)


class Passing:
    """Carries out faults as a mock's door does, before a system that knows nothing of it.

    `visits` hears of each request and of what its caller was given, `observers` of each fault that is carried
    out, as a door's. Times are those of `clock`.
    """

    def __init__(
        self,
        system: str,
        upstream: Upstream,
        operations: Operations,
        subjects: Subjects,
        visits: Visits,
        clock: WallClock,
        streams: Streams,
    ) -> None:
        self._system = system
        self._upstream = upstream
        self._operations = operations
        self._subjects = subjects
        self._visits = visits
        self._clock = clock
        self._streams = streams
        self._ordinals: dict[tuple[str, str | None], int] = {}
        self._commits: dict[asyncio.Task[None], None] = {}
        self._ending = asyncio.Event()
        self._old = OldReplies()
        self.faults: tuple[CallFault, ...] = ()
        self.observers: list[Observer] = []

    def arm(self, faults: Iterable[CallFault]) -> None:
        """Carry out these from now on, in place of those before; none: healed. Raises FaultError for foreign ones."""
        wanted = tuple(faults)
        for fault in wanted:
            if fault.kind in _ELSEWHERE:
                detail = "needs the system's own books: a proxy does not know when a row has changed"
                raise FaultError(f"fault {fault.id!r}: {fault.kind} {detail}")
        self.faults = wanted
        self._old = OldReplies()

    async def answer(self, request: Incoming) -> Outcome:
        """What the caller gets."""
        passage = self._begun(request)
        visit = self._visits.begin(passage.at_us, passage.operation, passage.order or request.path)
        outcome: Outcome = Silence(reset=True)
        try:
            outcome = await self._met(passage)
        finally:
            after_us = self._clock.now_us() - passage.at_us
            if isinstance(outcome, Outgoing):
                self._visits.end(visit, outcome.status, after_us, outcome.header("retry-after"))
            else:
                self._visits.end(visit, None, after_us, None)
        return outcome

    async def stop(self) -> None:
        """Commits that were to come later come now."""
        self._ending.set()
        await asyncio.gather(*self._commits, return_exceptions=True)

    def _begun(self, request: Incoming) -> Passage:
        found = self._operations.find(request.method, request.path)
        order = self._subjects.order_of(found.params, request.query(), request.json())
        named = (found.name, order)
        ordinal = self._ordinals[named] = self._ordinals.get(named, 0) + 1
        now_us = self._clock.now_us()
        hits = tuple(f for f in self.faults if f.hits(found.name, order, ordinal, now_us, self._streams))
        return Passage(request, found.name, order, now_us, hits)

    async def _met(self, passage: Passage) -> Outcome:
        for fault in passage.hits:
            stopped = stop(fault, passage.at_us)
            if stopped is not None:
                self._apply(fault, passage)
                await asyncio.sleep(self._clock.seconds(stopped.after_us))
                return Silence(stopped.reset or stopped.refused) if stopped.reply is None else _bytes(stopped.reply)
        late = passage.struck_by(kinds.LATE_COMMIT)
        if late is not None and passage.request.rest is None:
            self._apply(late, passage)
            self._commit_later(passage, late.delay_us)
            return Silence(late.reset)
        stale = passage.struck_by(kinds.STALE_READ) if passage.request.method == "GET" else None
        if stale is not None:
            kept = self._old.find(passage.request.target, passage.at_us - stale.delay_us)
            if kept is not None:
                self._apply(stale, passage)
                return kept
        return await self._passed_on(passage)

    async def _passed_on(self, passage: Passage) -> Outcome:
        started_us = self._clock.now_us()
        try:
            answer = await self._sent(passage)
            repeated = passage.struck_by(kinds.DUPLICATE)
            if repeated is not None and passage.request.rest is None:
                self._apply(repeated, passage)
                await held(answer)
                answer = await self._sent(passage)
            await self._dawdle(passage, self._clock.now_us() - started_us)
            if any(fault.kind in _AFTER_THE_EFFECT for fault in passage.hits):
                return self._spoilt(await held(answer), passage)
        except NotReached as error:
            _LOG.warning("the system was not reached", extra=_about(passage, reason=str(error)))
            return _bytes(problem(502, "not-reached", "the system behind was not reached; nothing was done"))
        except Lost as error:
            _LOG.warning("the system did not answer", extra=_about(passage, reason=str(error)))
            return Silence(reset=True)
        return answer

    async def _sent(self, passage: Passage) -> Outgoing:
        """The system's answer; what it says of documents is learnt first."""
        answer = await self._upstream.send(passage.request)
        if "json" not in (answer.header("content-type") or ""):
            return answer
        answer = await held(answer, _LEARNS_FROM)
        if isinstance(answer.body, bytes) and answer.status < 300:
            told, place, request = as_json(answer.body), answer.header("location"), passage.request
            self._subjects.learn(passage.order, told)
            if answer.status == 201 and place is not None:
                self._subjects.made(place.rstrip("/").rpartition("/")[2], _maker(request))
            elif request.method == "POST":
                self._subjects.made_new(told, request.json(), _maker(request))
        return answer

    async def _dawdle(self, passage: Passage, took_us: int) -> None:
        for fault in passage.hits:
            if fault.kind == kinds.SLOW:
                self._apply(fault, passage)
                more_us = took_us * (fault.factor - 1) + fault.delay_us
                await asyncio.sleep(self._clock.seconds(round(more_us)))

    def _spoilt(self, answer: Outgoing, passage: Passage) -> Outcome:
        """What becomes of an answer after the effect, whole as it is by now."""
        is_read = passage.request.method == "GET"
        for fault in passage.hits:
            if fault.kind == kinds.STALE_READ and is_read and answer.status < 300:
                self._old.keep(passage.request.target, passage.at_us, answer)
            elif fault.kind == kinds.POISONED and is_read:
                spoilt = poisoned(answer, fault, self._streams)
                if spoilt is not answer:
                    self._apply(fault, passage)
                answer = spoilt
            elif fault.kind in (kinds.MALFORMED, kinds.PARTIAL):
                self._apply(fault, passage)
                answer = malformed(answer) if fault.kind == kinds.MALFORMED else cut_short(answer)
            elif fault.kind == kinds.LOST_REPLY:
                self._apply(fault, passage)
                return Silence(fault.reset)
        return answer

    def _commit_later(self, passage: Passage, delay_us: int) -> None:
        task = asyncio.create_task(self._commit(passage, self._clock.seconds(delay_us)), name="commits late")
        self._commits[task] = None
        task.add_done_callback(self._commits.pop)

    async def _commit(self, passage: Passage, delay_s: float) -> None:
        try:
            async with asyncio.timeout(delay_s):
                await self._ending.wait()
        except TimeoutError:
            pass
        try:
            await held(await self._sent(passage))
        except (NotReached, Lost) as error:
            _LOG.warning("a late commit failed", extra=_about(passage, reason=str(error)))

    def _apply(self, fault: CallFault, passage: Passage) -> None:
        fault.applied += 1
        _LOG.info(fault.label, extra=_about(passage))
        for hear in self.observers:
            hear(self._clock.now_us(), self._system, passage.operation, passage.order, fault.label)


def _about(passage: Passage, **more: str) -> dict[str, str | None]:
    """What a line of the log says of it; the trace finds it in all processes' logs."""
    trace = _maker(passage.request).trace
    return {"operation": passage.operation, "order": passage.order, "trace": trace, **more}


def _maker(request: Incoming) -> Maker:
    traceparent, fence = request.header("traceparent"), request.header("x-fencing-token")
    return Maker(traceparent[3:35] if traceparent else None, int(fence) if fence and fence.isdigit() else None)


def _bytes(reply: Reply) -> Outgoing:
    response = to_bytes(reply)
    return Outgoing(response.status_code, list(response.raw_headers), bytes(response.body))
