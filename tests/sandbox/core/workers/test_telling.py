"""What one worker tells another: in order, whole first, and whole again when a message or its answer was lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sandbox.core.ports import ConnectionLost, Row
from sandbox.core.workers import telling
from sandbox.core.workers.hearing import Hearing
from sandbox.core.workers.roster import Worker
from sandbox.core.workers.telling import STOCK, Telling

ONE, TWO = Worker("one", "life-1", "there:1"), Worker("two", "life-2", "there:2")


class Sums:
    """The teller's sum, and what the hearer makes of it."""

    def __init__(self, losses: str) -> None:
        self.told = 0
        self.heard = 0
        self.words: list[str] = []
        self.losses = list(losses)
        self.hearing = Hearing(self._whole, {STOCK: self._change, "word": lambda note: self.words.append(note["word"])})
        self.telling = Telling(self, ONE, TWO, lambda: {"sum": self.told})

    address, expected = "here:1", 2

    def serve(self, answer: Callable[[Row], Awaitable[Row]]) -> None:
        raise NotImplementedError

    async def call(self, address: str, message: Row) -> Row:
        assert address == TWO.address
        fate = self.losses.pop(0) if self.losses else " "
        await asyncio.sleep(0)
        if fate == "m":
            raise ConnectionLost("the message is lost")
        reply = self.hearing.take(message)
        if fate == "a":
            raise ConnectionLost("the answer is lost")
        return reply

    def _whole(self, whole: Row) -> None:
        self.heard = whole["sum"]

    def _change(self, note: Row) -> None:
        self.heard += note["by"]

    def add(self, by: int) -> None:
        self.told += by
        self.telling.add((STOCK, {"by": by}))


@pytest.mark.parametrize("losses", ["", "m", "a", "  m", "  a", " a m a", "mmaa m"])
def test_both_sides_agree_and_words_come_in_order(losses: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_AGAIN_S", 0.001)

    async def run() -> None:
        sums = Sums(losses)
        running = asyncio.create_task(sums.telling.run())
        for number in range(1, 9):
            sums.add(number)
            sums.telling.add(("word", {"word": str(number)}))
            await asyncio.sleep(0.002)
        async with asyncio.timeout(30):
            await sums.telling.flushed()
        assert sums.heard == sums.told == 36
        assert sorted(set(sums.words)) == [str(number) for number in range(1, 9)]
        assert [word for at, word in enumerate(sums.words) if word not in sums.words[:at]] == sorted(set(sums.words))
        running.cancel()

    asyncio.run(run())


def test_a_worker_that_has_missed_something_asks_for_the_whole() -> None:
    heard: list[Row] = []
    hearing = Hearing(heard.append, {STOCK: heard.append})
    first = {"from": "one", "life": "life-1", "number": 0, "whole": {"sum": 1}, "notes": []}
    later = {"from": "one", "life": "life-1", "number": 2, "notes": [[STOCK, {"by": 2}]]}
    assert hearing.take(first) == {"heard": True}
    assert hearing.take(later) == {"heard": False}
    assert hearing.take({**later, "number": 1}) == {"heard": False}, "what was missed may have been the change before"
    assert hearing.take({**first, "life": "life-2"}) == {"heard": True}
    assert hearing.take({**later, "life": "life-1", "number": 1}) == {"heard": False}, "of an earlier life"
    assert heard == [{"sum": 1}, {"sum": 1}]
