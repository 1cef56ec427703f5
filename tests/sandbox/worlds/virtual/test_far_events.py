"""Events of later hours wait outside the queue: nobody sees that by what happens, and when."""

from typing import Any

import simpy
from hypothesis import given
from hypothesis import strategies as st

from sandbox.worlds.virtual.kernel import Kernel

HOUR_US = 3_600_000_000
# Seconds and hours until it happens, and how often it comes again: some times meet.
PLANS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 2)), max_size=12)


def _happenings(env: simpy.Environment, plans: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    seen: list[tuple[int, int]] = []

    def come(number: int, seconds: int, hours: int, again: int) -> Any:
        for _ in range(again + 1):
            yield env.timeout(seconds * 1_000_000 + hours * HOUR_US)
            seen.append((int(env.now), number))

    for number, plan in enumerate(plans):
        env.process(come(number, *plan))
    env.run()
    return seen


@given(PLANS)
def test_the_order_is_simpys_own(plans: list[tuple[int, int, int]]) -> None:
    assert _happenings(Kernel(7), plans) == _happenings(simpy.Environment(7), plans)


@given(st.integers(0, 4), st.integers(0, 4))
def test_peek_and_run_see_what_is_far(first_h: int, second_h: int) -> None:
    kernel, seen = Kernel(0), []
    kernel.at(first_h * HOUR_US + 1, lambda: seen.append("act"))
    kernel.timeout(second_h * HOUR_US + 2).callbacks.append(lambda _: seen.append("event"))
    assert kernel.peek() == min(first_h * HOUR_US + 1, second_h * HOUR_US + 2)
    kernel.run(max(first_h * HOUR_US + 1, second_h * HOUR_US + 2))
    assert len(seen) == 1
    kernel.run()
    assert sorted(seen) == ["act", "event"]
