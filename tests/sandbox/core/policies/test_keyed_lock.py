"""One at a time for each key, in the order of asking, with nothing left behind."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.core.policies.keyed_lock import KeyedLock
from tests.sandbox.core.small_world import SmallWorld

# Key, when the holder comes, how long it holds, and when (if ever) it is cancelled: tenths of a second.
HOLDER = st.tuples(st.sampled_from("ab"), st.integers(0, 30), st.integers(0, 10), st.none() | st.integers(0, 40))


@settings(max_examples=100, deadline=None)
@given(st.lists(HOLDER, max_size=15))
def test_holders_of_a_key_never_meet_and_leave_nothing(holders: list[tuple[str, int, int, int | None]]) -> None:
    world = SmallWorld()
    locks = KeyedLock()
    inside: dict[str, int] = {}
    began: dict[int, int] = {}

    async def hold(number: int, key: str, after: int, length: int) -> None:
        await asyncio.sleep(after / 10)
        async with locks.hold(key):
            inside[key] = inside.get(key, 0) + 1
            assert inside[key] == 1
            began[number] = world.now_us()
            try:
                await asyncio.sleep(length / 10)
            finally:
                inside[key] -= 1

    async def scene() -> None:
        tasks = [asyncio.create_task(hold(n, key, after, length)) for n, (key, after, length, _) in enumerate(holders)]
        for task, (_, _, _, cancel) in zip(tasks, holders, strict=True):
            if cancel is not None:
                asyncio.get_running_loop().call_later(cancel / 10, task.cancel)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert not [result for result in results if isinstance(result, AssertionError)]

    world.run(scene())
    world.close()
    assert len(locks) == 0
    assert all(n in began for n, (_, _, _, cancel) in enumerate(holders) if cancel is None)
    for key in "ab":
        by_arrival = sorted((after, n) for n, (of, after, _, _) in enumerate(holders) if of == key and n in began)
        starts = [began[n] for _, n in by_arrival]
        assert starts == sorted(starts)
