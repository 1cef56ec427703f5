"""The breaker, in any sequence of calls and any order of their ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from sandbox.core.policies.breaker import Breaker, BreakerOpen, BreakerPolicy
from tests.sandbox.core.small_world import SECOND_US, ManualClock

POLICY = BreakerPolicy(failures=3, cool_down_us=5 * SECOND_US, cool_down_cap_us=20 * SECOND_US, probes=2)
SETTLE_US = 11 * SECOND_US


def breaker_of(clock: ManualClock, policy: BreakerPolicy = POLICY) -> Breaker:
    return Breaker("erp", policy, SETTLE_US, clock, clock)


def tried_breaker_of(clock: ManualClock) -> Breaker:
    """One that has seen the system answer."""
    breaker = breaker_of(clock)
    breaker.succeeded(breaker.admit())
    return breaker


class AnyTraffic(RuleBasedStateMachine):
    """Calls begin and end in any order; some never end."""

    tickets = Bundle("tickets")

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock()
        self.breaker = breaker_of(self.clock)
        self.probes: dict[int, int] = {}

    @rule(target=tickets)
    def admit(self) -> int | None:
        try:
            ticket = self.breaker.admit()
        except BreakerOpen:
            return None
        assert self.breaker.state != "open"
        if self.breaker.state == "half_open":
            self.probes[ticket] = self.probes.get(ticket, 0) + 1
        return ticket

    @rule(ticket=consumes(tickets), end=st.sampled_from(["succeeded", "failed", "abandoned"]))
    def end(self, ticket: int | None, end: str) -> None:
        if ticket is not None:
            if end == "abandoned":
                self.probes[ticket] = self.probes.get(ticket, 0) - 1
            getattr(self.breaker, end)(ticket)

    @rule()
    def a_refusal_names_a_time_to_come(self) -> None:
        retry_at_us = self.clock.at_us + 1
        try:
            self.breaker.check()
        except BreakerOpen as refused:
            retry_at_us = refused.retry_at_us
        assert retry_at_us > self.clock.at_us

    @rule(seconds=st.integers(0, 30))
    def wait(self, seconds: int) -> None:
        self.clock.at_us += seconds * SECOND_US

    @invariant()
    def no_stampede(self) -> None:
        assert all(count <= POLICY.probes for count in self.probes.values())

    @invariant()
    def never_stuck(self) -> None:
        retry_at_us = self.breaker.retry_at_us
        assert (retry_at_us is not None) == (self.breaker.state == "open")
        if retry_at_us is not None:
            assert retry_at_us <= self.clock.now_us() + POLICY.cool_down_cap_us

    def teardown(self) -> None:
        """However it was left, a system that is well is soon called again."""
        for _ in range(3 * POLICY.probes):
            self.clock.at_us += POLICY.cool_down_cap_us
            try:
                self.breaker.succeeded(self.breaker.admit())
            except BreakerOpen:
                continue
        assert self.breaker.state == "closed"


TestAnyTraffic = AnyTraffic.TestCase


@given(st.lists(st.booleans(), max_size=40))
def test_it_opens_after_so_many_failures_in_a_row_and_not_before(outcomes: list[bool]) -> None:
    clock = ManualClock()
    breaker = breaker_of(clock)
    in_a_row, granted = 0, POLICY.probes
    for well in outcomes:
        ticket = breaker.admit()
        (breaker.succeeded if well else breaker.failed)(ticket)
        in_a_row = 0 if well else in_a_row + 1
        granted = POLICY.failures if well else granted
        assert (breaker.state == "open") == (in_a_row >= granted)
        if breaker.state == "open":
            return


def test_before_the_first_success_it_is_never_more_patient_than_after_it() -> None:
    breaker = breaker_of(ManualClock(), BreakerPolicy(failures=1, probes=5))
    breaker.failed(breaker.admit())
    assert breaker.state == "open"


def test_answers_from_before_it_opened_change_nothing_after() -> None:
    clock = ManualClock()
    breaker = tried_breaker_of(clock)
    late = breaker.admit()
    for _ in range(POLICY.failures):
        breaker.failed(breaker.admit())
    breaker.succeeded(late)
    assert breaker.state == "open"
    clock.at_us += POLICY.cool_down_us
    probe = breaker.admit()
    breaker.failed(late)
    breaker.succeeded(late)
    breaker.succeeded(probe)
    assert breaker.state == "half_open"
    breaker.succeeded(breaker.admit())
    assert breaker.state == "closed"


def test_failing_probes_double_the_cool_down_up_to_its_cap() -> None:
    clock = ManualClock()
    breaker = tried_breaker_of(clock)
    for _ in range(POLICY.failures):
        breaker.failed(breaker.admit())
    waits = []
    for _ in range(4):
        assert breaker.retry_at_us is not None
        waits.append((breaker.retry_at_us - clock.at_us) // SECOND_US)
        clock.at_us = breaker.retry_at_us
        breaker.failed(breaker.admit())
    assert waits == [5, 10, 20, 20]


def test_an_abandoned_probe_gives_its_place_back_at_once_and_a_lost_one_in_time() -> None:
    clock = ManualClock()
    breaker = tried_breaker_of(clock)
    for _ in range(POLICY.failures):
        breaker.failed(breaker.admit())
    clock.at_us += POLICY.cool_down_us
    first, _lost = breaker.admit(), breaker.admit()
    with pytest.raises(BreakerOpen):
        breaker.admit()
    breaker.abandoned(first)
    breaker.succeeded(breaker.admit())
    with pytest.raises(BreakerOpen):
        breaker.admit()
    clock.at_us += SETTLE_US
    breaker.succeeded(breaker.admit())
    assert breaker.state == "closed"
