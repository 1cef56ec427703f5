"""The cache: age, size, and one load at a time."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.policies.backoff import Backoff
from sandbox.core.policies.cache import Cache
from tests.sandbox.core.small_world import SECOND_US, ManualClock, SmallWorld


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)), max_size=60))
def test_it_gives_what_was_put_last_while_it_is_fresh_and_never_grows_past_its_bound(
    puts: list[tuple[int, int]],
) -> None:
    clock = ManualClock()
    cache: Cache[int, int] = Cache(60 * SECOND_US, 3, clock)
    put_at: dict[int, tuple[int, int]] = {}
    for number, (key, seconds) in enumerate(puts):
        clock.at_us += seconds * SECOND_US
        cache.put(key, number)
        put_at[key] = (number, clock.at_us)
        assert len(cache) <= 3
        assert cache.get(key) == number
        for known, (value, at_us) in put_at.items():
            found = cache.get(known)
            assert found in (None, value)
            assert found is None or clock.at_us < at_us + 60 * SECOND_US


def test_many_who_ask_at_once_load_once_and_a_failure_is_the_loaders_own() -> None:
    world = SmallWorld()
    cache: Cache[str, str] = Cache(60 * SECOND_US, 10, world)
    loads = 0

    async def loader(key: str) -> str:
        nonlocal loads
        loads += 1
        number = loads
        await asyncio.sleep(1)
        if number == 1:
            raise ConnectionError("the first fails")
        return f"value of {key}"

    async def scene() -> list[object]:
        asked = [asyncio.create_task(cache.load("C-1", loader)) for _ in range(5)]
        await asyncio.sleep(1.5)
        asked[1].cancel()
        return list(await asyncio.gather(*asked, return_exceptions=True))

    results = world.run(scene())
    world.close()
    assert isinstance(results[0], ConnectionError)
    assert isinstance(results[1], asyncio.CancelledError)
    assert results[2:] == ["value of C-1"] * 3
    assert loads == 3


def test_a_value_that_was_forgotten_while_it_was_loaded_is_not_kept() -> None:
    world = SmallWorld()
    cache: Cache[str, int] = Cache(60 * SECOND_US, 10, world)

    async def loader(key: str) -> int:
        await asyncio.sleep(1)
        return 1

    async def scene() -> None:
        load = asyncio.create_task(cache.load("sku", loader))
        await asyncio.sleep(0.5)
        cache.forget("sku")
        assert await load == 1
        assert cache.get("sku") is None

    world.run(scene())
    world.close()


@given(st.integers(1, 10_000), st.integers(1, 10**9), st.integers(1, 10**9))
def test_backoff_grows_with_jitter_and_stays_below_its_cap(attempt: int, base_us: int, cap_us: int) -> None:
    world = SmallWorld()
    backoff = Backoff(base_us, 2.0, cap_us)
    assert 0 <= backoff.wait_us(world.draws, "W-1", attempt) <= backoff.ceiling_us(attempt) <= cap_us
    assert backoff.ceiling_us(attempt) <= backoff.ceiling_us(attempt + 1)
    world.close()


def test_a_limit_below_one_is_refused() -> None:
    from sandbox.core.policies.limiter import Limiter

    with pytest.raises(ValueError, match="at least one"):
        Limiter(0, None, ManualClock())
