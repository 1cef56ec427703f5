"""The caller, against systems that answer, refuse, break and fall silent."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.core.policies.breaker import BreakerPolicy
from sandbox.core.policies.caller import Caller, CallPolicy, OutcomeUnknown, SystemUnavailable
from sandbox.core.policies.retry_after import retry_at_us
from sandbox.core.policies.retry_budget import BudgetPolicy
from sandbox.core.ports import CallTimedOut, ConnectFailed, ConnectionLost, HttpReply, HttpRequest, TransportError
from tests.sandbox.core.small_world import SECOND_US, START_US, Answer, ScriptedSystem, SmallWorld

OK = HttpReply(200, {"items": []})
POLICY = CallPolicy(
    timeout_us=10 * SECOND_US, patience_us=60 * SECOND_US, attempts=4, breaker=BreakerPolicy(failures=3)
)
POLICY_COOL_DOWN_S = 5

# What may come back, and whether the effect may have happened all the same.
NO_EFFECT: list[Answer] = [ConnectFailed(), HttpReply(429), HttpReply(425), HttpReply(429, None, {"retry-after": "3"})]
UNKNOWN: list[Answer] = [
    CallTimedOut(),
    ConnectionLost(),
    HttpReply(500),
    HttpReply(503, None, {"retry-after": "2"}),
    HttpReply(408),
    HttpReply(200, "<html>"),
    HttpReply(201, None),
]
BUSINESS: list[Answer] = [OK, HttpReply(204), HttpReply(404, {"type": "urn:problem:not-found"}), HttpReply(409, {})]


def may_have_happened(answer: Answer) -> bool:
    return any(answer is one for one in UNKNOWN)


@pytest.fixture
def world():
    world = SmallWorld()
    yield world
    world.close()


def caller_of(world: SmallWorld, system: ScriptedSystem, policy: CallPolicy = POLICY) -> Caller:
    return Caller("erp", system, policy, world, world.draws, world)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(NO_EFFECT + UNKNOWN + BUSINESS), min_size=1, max_size=6), st.booleans())
def test_any_answers_end_in_one_of_three_ways_in_time_and_leave_nothing_behind(
    script: list[Answer], repeatable: bool
) -> None:
    world = SmallWorld()
    system = ScriptedSystem(world, script)
    caller = caller_of(world, system)
    outcome: object
    try:
        outcome = world.run(caller.call(HttpRequest("POST", "/invoices"), "W-000001", repeatable=repeatable))
    except (OutcomeUnknown, SystemUnavailable) as error:
        outcome = error
    given_answers = [script[min(n, len(script) - 1)] for n in range(len(system.sent_us))]
    assert len(given_answers) <= POLICY.attempts
    assert world.now_us() - START_US <= POLICY.patience_us + POLICY.timeout_us
    assert caller.limiter.in_use == 0
    repeated = given_answers[:-1]
    assert not any(answer in BUSINESS for answer in repeated)
    if not repeatable:
        assert not any(map(may_have_happened, repeated))
        assert isinstance(outcome, OutcomeUnknown) == may_have_happened(given_answers[-1])
    if isinstance(outcome, SystemUnavailable):
        assert outcome.unknown == any(map(may_have_happened, given_answers))
        assert outcome.retry_at_us >= world.now_us()
    elif isinstance(outcome, HttpReply):
        assert outcome is given_answers[-1]
        assert any(outcome is answer for answer in BUSINESS)
    world.close()


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from(NO_EFFECT + UNKNOWN + BUSINESS), min_size=1, max_size=8),
    st.lists(st.integers(0, 3_000), max_size=6),
)
def test_cancelled_calls_leave_no_slot_and_no_probe_behind(script: list[Answer], cancel_ms: list[int]) -> None:
    world = SmallWorld()
    system = ScriptedSystem(world, [*script, OK])
    caller = caller_of(world, system)

    async def scene() -> HttpReply:
        calls = [
            asyncio.create_task(caller.call(HttpRequest("GET", "/stock"), f"W-{n}", repeatable=True)) for n in range(6)
        ]
        loop = asyncio.get_running_loop()
        for call, after_ms in zip(calls, cancel_ms, strict=False):
            loop.call_later(after_ms / 1000, call.cancel)
        await asyncio.gather(*calls, return_exceptions=True)
        assert caller.limiter.in_use == 0
        # Whatever state the breaker was left in, a system that is well is reached again.
        while True:
            try:
                return await caller.call(HttpRequest("GET", "/stock"), "W-7", repeatable=True)
            except SystemUnavailable as away:
                await asyncio.sleep(max(1, away.retry_at_us - world.now_us()) / 1e6)

    assert world.run(scene()).status in (200, 204, 404, 409)
    assert world.now_us() - START_US < 600 * SECOND_US
    world.close()


def test_an_open_breaker_spares_the_system_and_says_when_to_come_back(world: SmallWorld) -> None:
    system = ScriptedSystem(world, [ConnectFailed()])
    caller = caller_of(world, system)

    async def scene() -> SystemUnavailable:
        for n in range(20):
            with pytest.raises(SystemUnavailable) as away:
                await caller.call(HttpRequest("GET", "/stock"), f"W-{n}", repeatable=True)
        return away.value

    away = world.run(scene())
    assert len(system.sent_us) == 3
    assert away.cause == "breaker open"
    assert away.retry_at_us > world.now_us()
    assert world.kinds().count("breaker.opened") == 1


def test_recovery_is_no_stampede(world: SmallWorld) -> None:
    system = ScriptedSystem(world, [ConnectFailed()] * 3 + [OK])
    caller = caller_of(world, system)

    async def scene() -> None:
        with pytest.raises(SystemUnavailable):
            await caller.call(HttpRequest("GET", "/stock"), "W-0", repeatable=True)
        assert caller.breaker is not None
        assert caller.breaker.retry_at_us is not None
        await asyncio.sleep((caller.breaker.retry_at_us - world.now_us()) / 1e6)
        before = len(system.sent_us)
        calls = [caller.call(HttpRequest("GET", "/stock"), f"W-{n}", repeatable=True) for n in range(50)]
        await asyncio.gather(*calls, return_exceptions=True)
        assert len(system.sent_us) - before == 2

    world.run(scene())


def test_a_cancelled_probe_is_no_lost_probe(world: SmallWorld) -> None:
    system = ScriptedSystem(world, [ConnectFailed()] * 3 + [OK], latency_us=5 * SECOND_US)
    caller = caller_of(world, system)

    def call(name: str) -> asyncio.Task[HttpReply]:
        return asyncio.create_task(caller.call(HttpRequest("GET", "/stock"), name, repeatable=True))

    async def scene() -> None:
        with pytest.raises(SystemUnavailable):
            await call("W-0")
        await asyncio.sleep(POLICY_COOL_DOWN_S)
        probes = [call("W-1"), call("W-2")]
        await asyncio.sleep(0.1)
        for probe in probes:
            probe.cancel()
        await asyncio.sleep(0.1)
        assert (await asyncio.gather(call("W-3"), call("W-4"))) == [OK, OK]

    world.run(scene())
    assert world.kinds()[-1] == "breaker.closed"


def test_retry_after_holds_back_every_call_to_the_system(world: SmallWorld) -> None:
    system = ScriptedSystem(world, [HttpReply(429, None, {"retry-after": "20"}), OK])
    caller = caller_of(world, system)

    async def scene() -> None:
        first = asyncio.create_task(caller.call(HttpRequest("GET", "/stock"), "W-1", repeatable=True))
        await asyncio.sleep(1)
        await caller.call(HttpRequest("GET", "/stock"), "W-2", repeatable=True)
        await first

    world.run(scene())
    told_us = system.sent_us[0] + system.latency_us
    assert all(sent_us >= told_us + 20 * SECOND_US for sent_us in system.sent_us[1:])


def test_a_wait_that_is_longer_than_the_patience_is_given_back_to_the_caller(world: SmallWorld) -> None:
    system = ScriptedSystem(world, [HttpReply(503, None, {"retry-after": "3600"})])
    caller = caller_of(world, system)
    for _ in range(2):
        with pytest.raises(SystemUnavailable) as away:
            world.run(caller.call(HttpRequest("GET", "/stock"), "W-1", repeatable=True))
        assert away.value.retry_at_us >= START_US + 3600 * SECOND_US
    assert len(system.sent_us) == 1


def test_a_spike_waits_in_the_cores_own_queue(world: SmallWorld) -> None:
    system = ScriptedSystem(world, [OK])
    caller = caller_of(world, system, CallPolicy(concurrency=5))

    async def scene() -> None:
        calls = [caller.call(HttpRequest("POST", "/invoices"), f"W-{n}", repeatable=False) for n in range(100)]
        await asyncio.gather(*calls)

    world.run(scene())
    assert (system.peak, len(system.sent_us)) == (5, 100)
    assert world.now_us() - START_US == 20 * system.latency_us


def test_retries_stay_within_their_budget(world: SmallWorld) -> None:
    system = ScriptedSystem(world, [HttpReply(429)])
    budget = BudgetPolicy(share=0.2, floor_per_minute=6)
    caller = caller_of(world, system, CallPolicy(breaker=None, retry_budget=budget, patience_us=600 * SECOND_US))

    async def scene() -> None:
        calls = [caller.call(HttpRequest("GET", "/stock"), f"W-{n}", repeatable=True) for n in range(100)]
        await asyncio.gather(*calls, return_exceptions=True)

    world.run(scene())
    minutes = (world.now_us() - START_US) / (60 * SECOND_US)
    assert len(system.sent_us) <= 100 * 1.2 + 6 * (1 + minutes)
    assert len(system.sent_us) > 110


@given(st.integers(0, 10_000))
def test_retry_after_is_read_as_whole_seconds_decimal_seconds_or_a_date(seconds: int) -> None:
    from email.utils import formatdate

    at_us = START_US + seconds * SECOND_US
    date = formatdate(at_us / 1e6, usegmt=True)
    for written in (str(seconds), f"{seconds}.0", date):
        assert retry_at_us({"retry-after": written}, START_US) == at_us


@pytest.mark.parametrize("written", ["soon", "", "nan", "inf", "Mon, 99 Foo 2011 00:00:00 GMT"])
def test_an_unreadable_retry_after_is_none(written: str) -> None:
    assert retry_at_us({"retry-after": written}, START_US) is None


def test_a_time_in_the_past_means_now() -> None:
    assert retry_at_us({"retry-after": "-5"}, START_US) == START_US
    assert retry_at_us({"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}, START_US) == START_US
    assert retry_at_us({}, START_US) is None


def test_transport_errors_say_whether_the_effect_may_have_happened() -> None:
    assert (TransportError.unknown, ConnectFailed.unknown, CallTimedOut.unknown) == (True, False, True)
