"""The in-process bus's log: torn, damaged, full, long, or open elsewhere."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.ports import BusMessage, ConnectFailed
from sandbox.worlds.live.bus.event_log import EventLog
from sandbox.worlds.live.bus.held import Held
from sandbox.worlds.live.bus.in_process import InProcessBus
from sandbox.worlds.live.bus.letters import BusUnavailable
from tests.sandbox.worlds.ports.bus_arenas import Notes, until


def _opened(path: Path) -> InProcessBus:
    bus = InProcessBus(Notes(), path=path)
    bus.open()
    return bus


def _heard(path: Path) -> list[int]:
    """What a new core is handed."""
    got: list[int] = []

    async def handle(message: BusMessage) -> None:
        got.append(message.event["n"])

    async def case() -> None:
        bus = _opened(path)
        bus.subscribe("billing", ["t"], handle)
        await asyncio.sleep(0.05)
        await bus.close()

    asyncio.run(case())
    return got


async def _publish(path: Path, *numbers: int) -> None:
    bus = _opened(path)
    for n in numbers:
        await bus.publish("t", {"n": n})
    await bus.close()


def test_a_line_that_was_not_finished_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "bus.log"
    asyncio.run(_publish(path, 1, 2))
    path.write_bytes(path.read_bytes()[:-4])
    assert _heard(path) == [1]


@pytest.mark.parametrize("damage", [b"{}\n", b'["done",99,"nobody"]\n', b'["sold",1]\n', b"\xff\n", b'["done"]\n'])
def test_a_damaged_log_is_told_with_its_line(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "bus.log"
    asyncio.run(_publish(path, 1))
    path.write_bytes(path.read_bytes() + damage)
    with pytest.raises(BusUnavailable, match=r"bus\.log:3: not a bus's log, or damaged"):
        _opened(path)
    assert path.read_bytes().endswith(damage)


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text('"dear diary"\n')
    with pytest.raises(BusUnavailable, match="does not begin as a bus's log"):
        _opened(path)
    assert path.read_text() == '"dear diary"\n'


def test_one_process_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "bus.log"

    async def case() -> None:
        first = _opened(path)
        with pytest.raises(BusUnavailable, match="another process"):
            _opened(path)
        await first.close()
        await _opened(path).close()

    asyncio.run(case())


def test_a_full_disk_refuses_the_event_and_spoils_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bus.log"
    write = os.write

    def half(file: int, line: bytes) -> int:
        return write(file, line[: len(line) // 2])

    async def case() -> None:
        bus = _opened(path)
        await bus.publish("t", {"n": 1})
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", half)
            with pytest.raises(ConnectFailed, match="cannot be written"):
                await bus.publish("t", {"n": 2})
        await bus.publish("t", {"n": 3})
        await bus.close()

    asyncio.run(case())
    assert _heard(path) == [1, 3]


def test_a_long_log_is_shortened_while_it_is_used(tmp_path: Path) -> None:
    path = tmp_path / "bus.log"
    got: list[int] = []

    async def handle(message: BusMessage) -> None:
        if message.event["n"] == 0:
            await asyncio.sleep(3600)
        got.append(message.event["n"])

    async def case() -> None:
        bus = InProcessBus(Notes())
        bus._log = EventLog(path, shortened_bytes_min=4_000)
        bus.open()
        bus.subscribe("billing", ["t"], handle)
        for n in range(300):
            await bus.publish("t", {"n": n})
        await bus.publish("u", {"n": 301})
        await until(lambda: len(got) == 299)
        await bus.close(0)

    asyncio.run(case())
    assert path.stat().st_size < 12_000
    assert _heard(path) == [0]


_NUMBERS = st.integers(0, 30)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.sampled_from("abc")),
        st.tuples(st.just("subscribe"), st.sampled_from(["x", "y"]), st.sets(st.sampled_from("abc"), min_size=1)),
        st.tuples(st.sampled_from(["attempt", "finish", "bury", "revive"]), st.sampled_from(["x", "y"]), _NUMBERS),
    ),
    max_size=40,
)


def _step(held: Held, step: tuple[Any, ...]) -> None:
    kind, *rest = step
    if kind == "publish":
        held.publish(held.last_number + 1, rest[0], {"topic": rest[0]})
    elif kind == "subscribe":
        held.subscribe(rest[0], sorted(rest[1]))
    elif rest[0] in held.consumers:
        owed = held.consumers[rest[0]]
        numbers = sorted(owed.dead if kind == "revive" else owed.attempts)
        if numbers:
            number = numbers[rest[1] % len(numbers)]
            getattr(held, kind)(*((number, rest[0], "cause") if kind == "bury" else (number, rest[0])))


@given(_STEPS)
def test_a_shortened_log_leads_to_the_same_state(steps: list[tuple[Any, ...]]) -> None:
    held = Held(unclaimed_max=3)
    for step in steps:
        _step(held, step)
    again = Held(unclaimed_max=3)
    for entry in held.entries():
        again.apply(json.loads(json.dumps(entry)))
    assert again.consumers == held.consumers
    assert again.events == held.events
    assert again._unclaimed == held._unclaimed
    owing = {number for owed in held.consumers.values() for number in (*owed.attempts, *owed.dead)}
    unclaimed = {number for waiting in held._unclaimed.values() for number in waiting}
    assert owing | unclaimed == set(held.events)
    assert all(len(waiting) <= 3 for waiting in held._unclaimed.values())
