"""Calling a system: queue, breaker, timeout, retries. What is repeated is only what may be repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sandbox.core.policies.breaker import Breaker, BreakerOpen
from sandbox.core.policies.call_policy import CallPolicy
from sandbox.core.policies.limiter import Limiter, QueueExpired
from sandbox.core.policies.outcomes import CallFailed, OutcomeUnknown, SystemUnavailable
from sandbox.core.policies.retry_after import retry_at_us
from sandbox.core.policies.retry_budget import RetryBudget
from sandbox.core.ports import Clock, Draws, Http, HttpReply, HttpRequest, Observer, TransportError

__all__ = ["CallFailed", "CallPolicy", "Caller", "OutcomeUnknown", "SystemUnavailable"]

# Answers that say: not processed, come again. A 408 is not among them, gateways give it after the effect, too.
_NOT_TAKEN = (425, 429)
_TOO_MANY = 429
_MOST_FAILED = 10_000
_WELL_AFTER = 8
"""Answers in a row: by chance rare where every second call fails, usual where every tenth does."""
_LEASE_LOOK_US = 5_000_000


def _always() -> bool:
    return True


class _Failure:
    """One attempt without a business answer. `unknown`: it may have had its effect."""

    __slots__ = ("cause", "retry_at_us", "unknown")

    def __init__(self, cause: str, unknown: bool, retry_at_us: int | None = None) -> None:
        self.cause = cause
        self.unknown = unknown
        self.retry_at_us = retry_at_us


class Caller:
    """All calls of the core to one system."""

    def __init__(
        self, system: str, http: Http, policy: CallPolicy, clock: Clock, draws: Draws, observer: Observer
    ) -> None:
        self.system = system
        self.policy = policy
        # Who has just started may have much waiting for a system that is away.
        untried = None if policy.breaker is None else policy.breaker.probes
        self.limiter = Limiter(policy.concurrency, policy.per_minute, clock, untried)
        # A probe holds its place for its timeout and a little: its reply may take the loop a moment.
        settle_within_us = policy.timeout_us + 1_000_000
        self.breaker: Breaker | None = None
        if policy.breaker is not None:
            self.breaker = Breaker(system, policy.breaker, settle_within_us, clock, observer)
        self.budget = None if policy.retry_budget is None else RetryBudget(policy.retry_budget, clock)
        # Whether this core may still have effects; set by whoever holds its leases.
        self.may_send: Callable[[], bool] = _always
        # Calls, by what they are about and where they go, whose last attempt failed: to come again is a retry, too.
        self._failed: dict[tuple[str, str], None] = {}
        # How many answers in a row are still wanted before the system counts as well again.
        self._doubts = 0
        self._http = http
        self._clock = clock
        self._draws = draws
        self._observer = observer

    async def call(self, request: HttpRequest, about: str, *, repeatable: bool) -> HttpReply:
        """Send `request`, whose timeout the policy sets, and return the business answer: 2xx, or a 4xx that refuses.

        `repeatable` is true for reads, and for writes with a key that the system honours; `about` names
        the call for notes and draws. Takes no longer than the policy's patience and one timeout.
        Raises OutcomeUnknown and SystemUnavailable.
        """
        request.timeout_us = self.policy.timeout_us
        give_up_at_us = self._clock.now_us() + self.policy.patience_us
        if self._failed and (about, request.path) in self._failed:
            self._return(about)
        elif self.budget is not None:
            self.budget.called()
        attempt, unknown = 1, False
        while True:
            result = await self._attempt(request, about, give_up_at_us, unknown)
            if isinstance(result, HttpReply):
                if self._doubts:
                    self._doubts -= 1
                if self._failed:
                    self._failed.pop((about, request.path), None)
                return result
            self._remember_failed(about, request.path)
            if result.unknown and not repeatable:
                self._observer.note("call.left_unknown", about, system=self.system, cause=result.cause)
                raise OutcomeUnknown(result.cause)
            unknown = unknown or result.unknown
            await self._pause(result, about, attempt, give_up_at_us, unknown)
            attempt += 1

    def _return(self, about: str) -> None:
        """A call comes again that was given up. While the system is in trouble that is a retry like any other."""
        try:
            if self.breaker is not None:
                self.breaker.check()
        except BreakerOpen as error:
            raise self._unavailable(about, self._return_us(error, about), "breaker open", unknown=False) from None
        budget = self.budget
        if budget is not None and not budget.spend() and self._doubts:
            raise self._unavailable(about, budget.due_us(), "no budget for retries", unknown=False)

    def _remember_failed(self, about: str, path: str) -> None:
        self._doubts = _WELL_AFTER
        failed = self._failed
        failed[about, path] = None
        if len(failed) > _MOST_FAILED:
            del failed[next(iter(failed))]

    async def _attempt(
        self, request: HttpRequest, about: str, give_up_at_us: int, unknown: bool
    ) -> HttpReply | _Failure:
        limiter, breaker = self.limiter, self.breaker
        try:
            if breaker is not None:
                breaker.check()
            if limiter.held_until_us > give_up_at_us:
                raise self._unavailable(about, limiter.held_until_us, "asked to wait", unknown)
            if not limiter.try_acquire():
                await limiter.acquire(give_up_at_us)
            try:
                if not self.may_send():
                    again_us = self._clock.now_us() + _LEASE_LOOK_US
                    raise self._unavailable(about, again_us, "no valid lease", unknown)
                return await self._send(request)
            finally:
                limiter.release()
        except BreakerOpen as error:
            raise self._unavailable(about, self._return_us(error, about), "breaker open", unknown) from None
        except QueueExpired:
            raise self._unavailable(about, self._clock.now_us(), "queue too long", unknown) from None

    async def _send(self, request: HttpRequest) -> HttpReply | _Failure:
        """One attempt, whose every way out settles the breaker's ticket."""
        breaker, limiter = self.breaker, self.limiter
        window = limiter.window
        ticket = 0 if breaker is None else breaker.admit()
        try:
            reply = await self._http.send(request)
        except TransportError as error:
            if breaker is not None:
                breaker.failed(ticket)
            return _Failure(error.__class__.__name__, error.unknown)
        except BaseException:
            if breaker is not None:
                breaker.abandoned(ticket)
            raise
        status = reply.status
        if status >= 500 or status == _TOO_MANY:
            return self._turned_away(reply, ticket, window)
        if breaker is not None:
            breaker.succeeded(ticket)
        if limiter.strained:
            limiter.answered()
        return self._judged(reply)

    def _turned_away(self, reply: HttpReply, ticket: int, window: int) -> _Failure:
        """A server error, or a refusal for load: 429, and 503 with a time. The latter concerns all calls."""
        status, limiter, breaker = reply.status, self.limiter, self.breaker
        named_us = retry_at_us(reply.headers, self._clock.now_us()) if status in (_TOO_MANY, 503) else None
        if named_us is not None:
            limiter.hold_until(named_us)
        for_load = status == _TOO_MANY or named_us is not None
        news = for_load and limiter.refused(window)
        if breaker is not None:
            # Calls that were refused together are one failure: a burst that was too wide is no system that is down.
            if status >= 500 or news or breaker.state == "half_open":
                breaker.failed(ticket)
            else:
                breaker.abandoned(ticket)
        again_us = limiter.held_until_us if for_load else None
        return _Failure(f"status {status}", status != _TOO_MANY, again_us)

    def _judged(self, reply: HttpReply) -> HttpReply | _Failure:
        """The reply, when it is a business answer; an answer that makes no sense leaves the outcome unknown."""
        status = reply.status
        if 200 <= status < 300:
            if isinstance(reply.body, dict) or status == 204:
                return reply
            return _Failure("malformed answer", unknown=True)
        if status != 408 and status not in _NOT_TAKEN:
            # A refusal says why; without that it is some proxy's page, and nobody knows what it stands for.
            return reply if isinstance(reply.body, dict) else _Failure("malformed answer", unknown=True)
        return _Failure(f"status {status}", status not in _NOT_TAKEN)

    async def _pause(self, failure: _Failure, about: str, attempt: int, give_up_at_us: int, unknown: bool) -> None:
        """Wait before the next attempt, or raise SystemUnavailable when there shall be none."""
        now_us = self._clock.now_us()
        # Jitter on top of a time that the system named, or the limiter: else all who were sent away return at once.
        at_us = max(now_us, failure.retry_at_us or 0) + self.policy.backoff.wait_us(self._draws, about, attempt)
        if attempt >= self.policy.attempts or at_us >= give_up_at_us:
            raise self._unavailable(about, at_us, failure.cause, unknown)
        budget = self.budget
        if budget is not None and not budget.spend():
            at_us = max(at_us, budget.due_us())
            raise self._unavailable(about, at_us, failure.cause + ", no budget for retries", unknown)
        self._observer.note("call.repeated", about, system=self.system, attempt=attempt, cause=failure.cause)
        await asyncio.sleep((at_us - now_us) / 1_000_000)

    def _return_us(self, error: BreakerOpen, about: str) -> int:
        """When to ask again: spread over a cool-down, so that recovery is no stampede."""
        assert self.policy.breaker is not None
        return error.retry_at_us + int(self.policy.breaker.cool_down_us * self._draws.fraction("return", about))

    def _unavailable(self, about: str, retry_at_us: int, cause: str, unknown: bool) -> SystemUnavailable:
        self._observer.note("call.given_up", about, system=self.system, cause=cause)
        return SystemUnavailable(self.system, retry_at_us, cause, unknown=unknown)
