"""The caller, against systems that answer, refuse, break and fall silent."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.core.policies.breaker import BreakerPolicy
from sandbox.core.policies.caller import Caller, CallPolicy, OutcomeUnknown, SystemUnavailable
from sandbox.core.policies.retry_after import retry_at_us
from sandbox.core.policies.retry_budget import BudgetPolicy, RetryBudget
from sandbox.core.ports import CallTimedOut, ConnectFailed, ConnectionLost, Http, HttpReply, HttpRequest, TransportError
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


class CrowdedSystem:
    """Grants few slots, and refuses at once who finds none free."""

    latency_us = SECOND_US

    def __init__(self, world: SmallWorld, slots: int) -> None:
        self._world = world
        self._free = slots
        self.refused = 0

    async def send(self, request: HttpRequest) -> HttpReply:
        if not self._free:
            self.refused += 1
            await asyncio.sleep(0.005)
            return HttpReply(429)
        self._free -= 1
        await asyncio.sleep(self.latency_us / SECOND_US)
        self._free += 1
        return OK


@pytest.fixture
def world():
    world = SmallWorld()
    yield world
    world.close()


def caller_of(world: SmallWorld, system: Http, policy: CallPolicy = POLICY) -> Caller:
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
    system = ScriptedSystem(world, [OK, ConnectFailed()])
    caller = caller_of(world, system)

    async def scene() -> SystemUnavailable:
        await caller.call(HttpRequest("GET", "/stock"), "W-0", repeatable=True)
        for n in range(20):
            with pytest.raises(SystemUnavailable) as away:
                await caller.call(HttpRequest("GET", "/stock"), f"W-{n}", repeatable=True)
        return away.value

    away = world.run(scene())
    assert len(system.sent_us) == 1 + 3
    assert away.cause == "breaker open"
    assert away.retry_at_us > world.now_us()
    assert world.kinds().count("breaker.opened") == 1


@pytest.mark.parametrize("answer", [ConnectFailed(), CallTimedOut(), HttpReply(503)], ids=["refused", "silent", "503"])
def test_a_start_with_much_to_do_is_no_stampede_either(world: SmallWorld, answer: Answer) -> None:
    system = ScriptedSystem(world, [answer], latency_us=SECOND_US)
    caller = caller_of(world, system, CallPolicy())

    async def scene() -> None:
        calls = [caller.call(HttpRequest("GET", "/stock"), f"W-{n}", repeatable=True) for n in range(50)]
        for call in asyncio.as_completed(calls):
            with pytest.raises(SystemUnavailable, match="breaker open"):
                await call

    world.run(scene())
    # Two under way at once, of which the second to fail opens the breaker; the first has let a third one in.
    assert len(system.sent_us) <= 3
    assert world.now_us() - START_US < 10 * SECOND_US


def test_a_start_waits_for_one_answer_and_then_goes_at_full_width(world: SmallWorld) -> None:
    system = ScriptedSystem(world, [OK])
    caller = caller_of(world, system, CallPolicy(concurrency=10))

    async def scene() -> None:
        await asyncio.gather(*(caller.call(HttpRequest("GET", "/stock"), f"W-{n}", repeatable=True) for n in range(12)))

    world.run(scene())
    waves = [(sent_us - START_US) // system.latency_us for sent_us in system.sent_us]
    assert waves == [0] * 2 + [1] * 10


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
    # Two calls until the first answer, and the other 98 by fives.
    assert world.now_us() - START_US == (1 + 20) * system.latency_us


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


def come_again(caller: Caller, world: SmallWorld, name: str, until_us: int) -> None:
    """One order that comes back each time that it is told to."""

    async def scene() -> None:
        while world.now_us() < until_us:
            try:
                await caller.call(HttpRequest("GET", "/stock"), name, repeatable=True)
                return
            except SystemUnavailable as away:
                await asyncio.sleep(max(1, away.retry_at_us - world.now_us()) / 1e6)

    world.run(scene())


def test_who_was_given_up_and_comes_again_stays_within_the_budget(world: SmallWorld) -> None:
    system = ScriptedSystem(world, [HttpReply(500)])
    budget = BudgetPolicy(share=0.2, floor_per_minute=6)
    caller = caller_of(world, system, CallPolicy(breaker=None, retry_budget=budget))
    come_again(caller, world, "W-1", START_US + 3600 * SECOND_US)
    assert 350 < len(system.sent_us) <= 1 + 6 * 61


def test_a_run_of_refusals_for_load_opens_the_breaker(world: SmallWorld) -> None:
    system = ScriptedSystem(world, [HttpReply(429)])
    caller = caller_of(world, system)
    come_again(caller, world, "W-1", START_US + 3600 * SECOND_US)
    assert "breaker.opened" in world.kinds()
    assert len(system.sent_us) < 100


def test_a_burst_that_is_refused_is_one_failure_and_no_system_that_is_down(world: SmallWorld) -> None:
    system = ScriptedSystem(world, [OK] + [HttpReply(429)] * 16 + [OK])
    caller = caller_of(world, system)

    async def scene() -> None:
        await caller.call(HttpRequest("GET", "/stock"), "W-0", repeatable=True)
        calls = [caller.call(HttpRequest("GET", "/stock"), f"W-{n}", repeatable=True) for n in range(16)]
        await asyncio.gather(*calls, return_exceptions=True)

    world.run(scene())
    assert "breaker.opened" not in world.kinds()
    assert caller.limiter.window == 1


def test_a_system_with_fewer_slots_than_were_agreed_is_soon_asked_no_more_than_it_grants(world: SmallWorld) -> None:
    system = CrowdedSystem(world, slots=5)
    caller = caller_of(world, system, CallPolicy(concurrency=40))

    async def scene() -> None:
        calls = [caller.call(HttpRequest("GET", "/stock"), f"W-{n}", repeatable=True) for n in range(400)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert sum(isinstance(outcome, HttpReply) for outcome in outcomes) > 390

    world.run(scene())
    # 35 of the first 40, and then one in eight: that is what it costs to find out whether there is room for more.
    assert system.refused < 35 + 400 / 8
    # Five at once, each for its latency, would take 80 latencies.
    assert world.now_us() - START_US < 110 * system.latency_us


def test_a_call_that_failed_and_comes_again_when_all_is_well_needs_no_budget(world: SmallWorld) -> None:
    system = ScriptedSystem(world, [HttpReply(500), OK])
    budget = BudgetPolicy(share=0, floor_per_minute=0)
    caller = caller_of(world, system, CallPolicy(retry_budget=budget))

    def ask(name: str) -> None:
        world.run(caller.call(HttpRequest("GET", "/stock"), name, repeatable=True))

    with pytest.raises(SystemUnavailable):
        ask("W-0")
    with pytest.raises(SystemUnavailable, match="no budget"):
        ask("W-0")
    for n in range(1, 9):
        ask(f"W-{n}")
    ask("W-0")
    assert len(system.sent_us) == 10


@given(st.floats(0.01, 1000), st.floats(0, 5), st.integers(0, 9))
def test_a_budget_keeps_its_word_on_when_it_has_a_retry(floor: float, wait_s: float, calls: int) -> None:
    world = SmallWorld()
    budget = RetryBudget(BudgetPolicy(share=0.1, floor_per_minute=floor, ceiling=2), world)

    async def scene() -> None:
        for _ in range(calls):
            budget.called()
        while budget.spend():
            pass
        await asyncio.sleep(wait_s)
        await asyncio.sleep((budget.due_us() - world.now_us()) / 1e6)
        assert budget.spend()

    world.run(scene())
    world.close()


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
