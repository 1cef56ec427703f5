"""A 10,000-order day through mocks, core and oracle, against a bare SimPy model of as many remote calls."""

import random
import time
from pathlib import Path
from typing import Any

import simpy

from sandbox.runs.request import unheard
from sandbox.runs.scenario import load_scenario
from sandbox.runs.virtual_run import VirtualRun
from sandbox.worlds.virtual.collector import resting

SCENARIO = Path(__file__).with_name("day_of_10000.yaml")
SYSTEMS, SLOTS = 5, 50
SERVICE_S, TIMEOUT_S, CALLS_A_SECOND = 0.1, 30.0, 5.0


def rows() -> list[dict[str, Any]]:
    """The whole day, then the same by the call; `ratio` is ours / baseline."""
    seconds, calls, orders = _day()
    bare = min(bare_model(calls) for _ in range(3))
    ratio = round(seconds / bare, 2)
    per_call = {"ours": round(seconds / calls * 1e6, 1), "baseline": round(bare / calls * 1e6, 1)}
    return [
        {
            "name": f"a day of {orders:,} orders ({calls:,} remote calls), against a bare SimPy model of as many calls",
            "unit": "s",
            "ours": round(seconds, 2),
            "baseline": round(bare, 2),
            "ratio": ratio,
        },
        {"name": "the same, each remote call", "unit": "us", **per_call, "ratio": ratio},
    ]


def _day() -> tuple[float, int, int]:
    """Processor seconds, remote calls and accepted orders of the day, from the first event to the verdicts."""
    run = VirtualRun(load_scenario(SCENARIO), seed=1, keeps_facts=False)
    started = time.process_time()
    run.go(unheard)
    verdicts = run.oracle.close(run.end_us)
    seconds = time.process_time() - started
    violated = [verdict.id for verdict in verdicts if verdict.verdict == "violated"]
    assert not violated, f"a benchmark of a wrong run says nothing: {violated}"
    assert run.world is not None
    return seconds, run.world.network.calls + run.world.inbound.traffic.calls, run.tallies.accepted


def bare_model(calls: int) -> float:
    """Processor seconds for `calls` calls: a process each, a Resource as server, and a race with a timeout."""
    env = simpy.Environment()
    servers = [simpy.Resource(env, SLOTS) for _ in range(SYSTEMS)]
    draw = random.Random(1)

    def serve(server: simpy.Resource) -> Any:
        with server.request() as slot:
            yield slot
            yield env.timeout(draw.expovariate(1 / SERVICE_S))

    def call(number: int) -> Any:
        reply = env.process(serve(servers[number % SYSTEMS]))
        yield reply | env.timeout(TIMEOUT_S)

    def arrivals() -> Any:
        for number in range(calls):
            yield env.timeout(draw.expovariate(CALLS_A_SECOND))
            env.process(call(number))

    env.process(arrivals())
    with resting():
        started = time.process_time()
        env.run()
        return time.process_time() - started
