"""Calls over the virtual network: exact times, each way to fail, no aliases, dead callers."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Answer, Reply
from sandbox.core.ports import CallTimedOut, ConnectFailed, ConnectionLost, HttpReply, HttpRequest, TransportError
from sandbox.worlds.virtual.errors import IncarnationDead
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.latency import Latency, NetworkConfig
from sandbox.worlds.virtual.loop import VirtualLoop
from sandbox.worlds.virtual.network import Network

ONE_WAY = 1_000
FIXED = NetworkConfig(latency_us_min=ONE_WAY, latency_us_mean=ONE_WAY)


def call(timeout_us: int = 1_000_000, **fields: Any) -> HttpRequest:
    return HttpRequest("POST", "/invoices", timeout_us=timeout_us, **fields)


def connect(kernel: Kernel, loop: VirtualLoop, system: Any, config: NetworkConfig = FIXED) -> tuple[Network, Any]:
    network = Network(kernel, [system], Streams(7), config)
    return network, network.session(loop)[system.name]


def timed(loop: VirtualLoop, kernel: Kernel, awaitable: Any) -> tuple[Any, int]:
    """The result or exception, and the microseconds it took."""
    start_us = kernel.now

    async def main() -> Any:
        try:
            return await awaitable
        except (TransportError, TimeoutError) as error:
            return error

    return loop.run_until_complete(main()), kernel.now - start_us


@pytest.mark.parametrize(
    ("answer", "outcome", "took_us"),
    [
        (Answer(Reply(201, {"invoice": "INV-1"}), 150_000), HttpReply(201, {"invoice": "INV-1"}), 152_000),
        (Answer(Reply(200), 998_000), HttpReply(200), 1_000_000),
        (Answer(Reply(200), 998_001), CallTimedOut, 1_000_000),
        (Answer(None), CallTimedOut, 1_000_000),
        (Answer(None, 300_000, reset=True), ConnectionLost, 302_000),
        (Answer(None, 5_000_000, reset=True), CallTimedOut, 1_000_000),
        (Answer(None, refused=True), ConnectFailed, 2_000),
    ],
)
def test_the_caller_learns_the_outcome_at_the_exact_time(
    kernel: Kernel, loop: VirtualLoop, scripted: Any, answer: Answer, outcome: Any, took_us: int
) -> None:
    network, erp = connect(kernel, loop, scripted(answers=[answer]))
    got, us = timed(loop, kernel, erp.send(call()))
    assert us == took_us
    assert got == outcome or type(got) is outcome
    traffic = network.hosts["erp"].traffic
    assert (traffic.calls, traffic.in_flight, traffic.in_flight_peak) == (1, 0, 1)
    assert traffic.replies + traffic.timeouts + traffic.broken + traffic.refused == 1


def test_a_request_slower_than_its_timeout_still_has_its_effect(
    kernel: Kernel, loop: VirtualLoop, scripted: Any
) -> None:
    system = scripted()
    _, erp = connect(kernel, loop, system)
    start_us = kernel.now
    error, us = timed(loop, kernel, erp.send(call(timeout_us=700)))
    assert (type(error), us, system.arrived) == (CallTimedOut, 700, [])
    assert str(error) == "erp POST /invoices: no reply within 0.0007 s"
    kernel.run()
    assert [at - start_us for at, _ in system.arrived] == [ONE_WAY]
    assert kernel.now == start_us + ONE_WAY, "nothing is sent back to a caller that has gone"


def test_a_call_cancelled_on_its_way_arrives_and_sends_nothing_back(
    kernel: Kernel, loop: VirtualLoop, scripted: Any
) -> None:
    system = scripted(answers=[Answer(Reply(200), 60_000_000)])
    _, erp = connect(kernel, loop, system)
    start_us = kernel.now

    async def impatient() -> None:
        async with asyncio.timeout(0.0005):
            await erp.send(call())

    assert type(timed(loop, kernel, impatient())[0]) is TimeoutError
    kernel.run()
    assert len(system.arrived) == 1
    assert kernel.now == start_us + ONE_WAY


def test_a_cancelled_call_arrives_and_its_reply_moves_no_clock(
    kernel: Kernel, loop: VirtualLoop, scripted: Any
) -> None:
    system = scripted(answers=[Answer(Reply(200), 60_000_000)])
    network, erp = connect(kernel, loop, system)

    async def impatient() -> None:
        async with asyncio.timeout(0.5):
            await erp.send(call(timeout_us=100_000_000))

    error, us = timed(loop, kernel, impatient())
    assert (type(error), us) == (TimeoutError, 500_000)
    assert len(system.arrived) == 1
    kernel.run()
    assert kernel.now == system.arrived[0][0] - ONE_WAY + 500_000
    assert (network.in_flight, network.hosts["erp"].traffic.abandoned) == (0, 1)


@pytest.mark.parametrize("died_after_us", [500, 1_500])
def test_the_request_of_a_core_that_dies_arrives_and_its_reply_is_lost(
    kernel: Kernel, loop: VirtualLoop, scripted: Any, died_after_us: int
) -> None:
    system = scripted()
    network, erp = connect(kernel, loop, system)
    loop.create_task(erp.send(call()))
    start_us = kernel.now
    kernel.run(start_us + died_after_us)
    loop.kill()
    network.power_cut(loop)
    kernel.run()
    assert len(system.arrived) == 1
    assert kernel.now == start_us + max(died_after_us, ONE_WAY), "the lost reply does not move the clock"
    assert network.hosts["erp"].traffic.abandoned == 1
    assert network.in_flight == 0
    loop.dispose()
    with pytest.raises(IncarnationDead, match="incarnation 1"):
        VirtualLoop(kernel, epoch=2).run_until_complete(erp.send(call()))


def test_a_system_that_breaks_stops_the_run_with_its_own_exception(
    kernel: Kernel, loop: VirtualLoop, scripted: Any
) -> None:
    system = scripted()
    error = AssertionError("books do not balance")

    def broken(request: Any, now_us: int) -> Answer:
        raise error

    system.receive = broken
    _, erp = connect(kernel, loop, system)
    with pytest.raises(AssertionError) as caught:
        loop.run_until_complete(erp.send(call()))
    assert caught.value is error
    loop.close()


def test_a_call_costs_two_kernel_events(kernel: Kernel, loop: VirtualLoop, scripted: Any) -> None:
    _, erp = connect(kernel, loop, scripted())
    loop.create_task(erp.send(call()))
    kernel.step()
    steps = 0
    while kernel.peek() != float("inf"):
        kernel.step()
        steps += 1
    assert steps == 2


@given(st.integers(0, 2**32), st.integers(0, 5_000), st.integers(0, 20_000))
def test_latency_keeps_its_bounds_and_its_mean(seed: int, least: int, tail: int) -> None:
    latency = Latency(NetworkConfig(least, least + tail), Streams(seed), "erp")
    draws = [us for n in range(400) for us in latency.draw(f"trace{n}")]
    assert min(draws) >= least
    assert max(draws) <= least + 20 * tail
    assert abs(sum(draws) / len(draws) - least - tail) <= 0.25 * tail + 1


def test_latency_of_one_order_does_not_depend_on_the_others() -> None:
    alone, among = (Latency(NetworkConfig(), Streams(1), "erp") for _ in range(2))
    mine = [alone.draw("mine") for _ in range(3)]
    assert len({us for pair in mine for us in pair}) == 6
    seen = []
    for _ in range(3):
        among.draw("other")
        seen.append(among.draw("mine"))
    assert seen == mine


@pytest.mark.parametrize("wrong", [{"latency_us_min": -1}, {"latency_us_mean": 1}, {"webhook_timeout_us": 0}])
def test_a_network_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        NetworkConfig(**wrong)


def test_peak_calls_per_second_are_counted(kernel: Kernel, loop: VirtualLoop, scripted: Callable[..., Any]) -> None:
    network, erp = connect(kernel, loop, scripted())

    async def burst(n: int) -> None:
        await asyncio.gather(*(erp.send(call()) for _ in range(n)))
        await asyncio.sleep(2)

    for n in (3, 7, 2):
        loop.run_until_complete(burst(n))
    traffic = network.hosts["erp"].traffic
    assert (traffic.calls, traffic.peak_per_second, traffic.in_flight_peak) == (12, 7, 7)
