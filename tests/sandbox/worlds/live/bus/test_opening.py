"""Opening a bus by its URL, and settings that cannot be."""

import asyncio
from pathlib import Path

import pytest

from sandbox.core.ports import ConnectFailed
from sandbox.errors import InputError
from sandbox.worlds.live.bus import BusConfig, open_bus
from sandbox.worlds.live.bus.jetstream import JetStreamConfig
from tests.sandbox.worlds.ports.bus_arenas import Notes


@pytest.mark.parametrize("kind", ["memory:", "file:", "nats"])
def test_the_bus_that_a_url_names_is_open_for_the_length_of_the_block(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    async def case() -> None:
        url = {"memory:": "memory:", "file:": f"file:{tmp_path / 'deep' / 'bus.log'}"}.get(kind)
        async with open_bus(url or request.getfixturevalue("nats_url"), Notes(), stream=tmp_path.name) as bus:
            await bus.publish("t", {"n": 1})
            assert bus.counts.published == 1
            with pytest.raises(ValueError, match="a topic is made of words"):
                await bus.publish("a topic", {})
            with pytest.raises(ValueError, match="a name is made of"):
                bus.subscribe("a.name", ["t"], print)  # type: ignore[arg-type]
        with pytest.raises(ConnectFailed):
            await bus.publish("t", {"n": 2})

    asyncio.run(case())


@pytest.mark.parametrize("url", ["", "kafka://127.0.0.1", "file:", "memory:here"])
def test_a_url_of_no_bus_is_told(url: str) -> None:
    async def case() -> None:
        async with open_bus(url, Notes()):
            pass

    with pytest.raises(InputError, match="known: memory:, file:PATH, or nats"):
        asyncio.run(case())


@pytest.mark.parametrize("wrong", [{"retry_us_first": -1}, {"max_in_flight": 0}, {"attempts_max": 0}])
def test_a_bus_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        BusConfig(**wrong)


@pytest.mark.parametrize("wrong", [{"ack_wait_us": 0}, {"duplicate_window_us": 10}, {"stream": "a b"}])
def test_a_stream_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong.values())) if "stream" in wrong else next(iter(wrong))):  # type: ignore[call-overload]
        JetStreamConfig(**wrong)  # type: ignore[arg-type]
