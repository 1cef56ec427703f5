"""A circuit breaker: stop calling a system that is down, and find out gently when it is back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sandbox.core.ports import Clock, Observer

State = Literal["closed", "open", "half_open"]


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """Open after `failures` in a row, for `cool_down_us` (doubled up to the cap while probes fail), then `probes`.

    Before the first success `probes` failures in a row are enough.
    """

    failures: int = 8
    cool_down_us: int = 5_000_000
    cool_down_cap_us: int = 60_000_000
    probes: int = 2


class BreakerOpen(Exception):
    """Not now: `retry_at_us` is when asking again makes sense."""

    def __init__(self, retry_at_us: int) -> None:
        super().__init__(retry_at_us)
        self.retry_at_us = retry_at_us


class Breaker:
    """Closed, open or half-open. Each admitted call is settled once: succeeded, failed or abandoned.

    Before the first success of all nothing speaks for the system: as many failures in a row as there are probes open
    it, where that is fewer. A core that starts over and over asks a system that is away little more often for it.

    A ticket names the period in which its call was admitted, so that an answer that comes late cannot
    close, open or block a later period. Half-open, no more than `probes` calls are under way or have
    succeeded; a probe that was abandoned gives its place back, and one that never settles loses it
    after `settle_within_us`. Each of `on_open` is called when it has opened.
    """

    def __init__(
        self, system: str, policy: BreakerPolicy, settle_within_us: int, clock: Clock, observer: Observer
    ) -> None:
        self.system = system
        self.policy = policy
        self.state: State = "closed"
        self.retry_at_us: int | None = None
        self.on_open: list[Callable[[], object]] = []
        self._settle_within_us = settle_within_us
        self._clock = clock
        self._observer = observer
        self._period = 0
        self._failures = 0
        self._tried = False
        self._cool_down_us = policy.cool_down_us
        self._probing = 0
        self._passed = 0
        self._probed_at_us = 0

    def check(self) -> None:
        """Raise BreakerOpen when a call would not be admitted now; takes no place."""
        if self.state != "closed":
            self._refuse(self._clock.now_us())

    def admit(self) -> int:
        """A ticket for one call. Raises BreakerOpen."""
        if self.state == "closed":
            return self._period
        return self._admit_probe(self._clock.now_us())

    def succeeded(self, ticket: int) -> None:
        """The system answered, if only to refuse."""
        if ticket != self._period:
            return
        self._failures = 0
        self._tried = True
        if self.state == "half_open":
            self._probing -= 1
            self._passed += 1
            if self._passed >= self.policy.probes:
                self._close()

    def failed(self, ticket: int) -> None:
        """The system did not answer, or with a server error."""
        if ticket != self._period:
            return
        self._failures += 1
        if self.state == "half_open":
            self._cool_down_us = min(self._cool_down_us * 2, self.policy.cool_down_cap_us)
            self._open()
        elif self._failures >= self._granted():
            self._open()

    def abandoned(self, ticket: int) -> None:
        """The caller left before there was an answer: nothing was learnt."""
        if ticket == self._period and self.state == "half_open":
            self._probing -= 1

    def _granted(self) -> int:
        """The failures in a row that open it."""
        policy = self.policy
        return policy.failures if self._tried else min(policy.failures, policy.probes)

    def _admit_probe(self, now_us: int) -> int:
        self._refuse(now_us)
        if self.state == "open":
            self._turn("half_open")
            self._observer.note("breaker.half_opened", self.system)
        elif self._is_full():
            # The probes under way had their time: their places are taken back, their tickets void.
            self._period += 1
            self._probing = 0
        self._probing += 1
        self._probed_at_us = now_us
        return self._period

    def _refuse(self, now_us: int) -> None:
        retry_at_us = self.retry_at_us
        if retry_at_us is not None and now_us < retry_at_us:
            raise BreakerOpen(retry_at_us)
        if self._is_full() and now_us < self._probed_at_us + self._settle_within_us:
            raise BreakerOpen(now_us + self.policy.cool_down_us)

    def _is_full(self) -> bool:
        return self.state == "half_open" and self._probing + self._passed >= self.policy.probes

    def _open(self) -> None:
        self._turn("open")
        self.retry_at_us = self._clock.now_us() + self._cool_down_us
        self._observer.note("breaker.opened", self.system, failures=self._failures, retry_at_us=self.retry_at_us)
        for told in self.on_open:
            told()

    def _close(self) -> None:
        self._turn("closed")
        self._cool_down_us = self.policy.cool_down_us
        self._observer.note("breaker.closed", self.system)

    def _turn(self, state: State) -> None:
        self.state = state
        self.retry_at_us = None
        self._period += 1
        self._probing = self._passed = 0
        if state == "closed":
            self._failures = 0
