"""The log of a core process: lines that a program reads, without secrets."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.worlds.live.core.log import JsonLog, LogRecords, traced

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Still:
    def now_us(self) -> int:
        return 1_321_261_200_123_456


class Log:
    def __init__(self, *secrets: str) -> None:
        self.out = io.StringIO()
        self.log = JsonLog(self.out, Still(), "core-1", secrets)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.getvalue().splitlines()]


def test_a_note_is_one_line_with_its_time_and_detail() -> None:
    log = Log()
    log.log.note("breaker.opened", "erp", failures=8, order=None, cause="a\nb")
    (line,) = log.lines()
    assert abs(datetime.now(UTC) - datetime.fromisoformat(line.pop("wall"))) < timedelta(seconds=5)
    assert [line] == [
        {
            "at": "2011-11-14T09:00:00.123+00:00",
            "level": "warning",
            "kind": "breaker.opened",
            "entity": "erp",
            "process": "core-1",
            "failures": 8,
            "cause": "a\nb",
        }
    ]


def test_a_detail_can_hide_neither_time_nor_level_and_may_be_anything() -> None:
    log = Log()
    log.log.note("core.started", "x", at="never", level="none", what=ValueError("v"))
    (line,) = log.lines()
    assert (line["at"][:4], line["level"], line["what"]) == ("2011", "info", "v")


def test_notes_belong_to_the_trace_in_which_they_are_made_also_in_tasks() -> None:
    log = Log()

    async def work(traceparent: str | None) -> None:
        with traced(traceparent):
            await asyncio.sleep(0)
            await asyncio.create_task(note())

    async def note() -> None:
        log.log.note("call.repeated", "A-1")

    async def main() -> None:
        await asyncio.gather(work(f"00-{TRACE}-00f067aa0ba902b7-01"), work(None), work("nonsense"))

    asyncio.run(main())
    assert [line.get("trace") for line in log.lines()] == [TRACE, None, None]


def test_a_trace_ends_with_its_block() -> None:
    log = Log()
    with traced(f"00-{TRACE}-00f067aa0ba902b7-01"):
        log.log.note("order.taken", "A-1")
    log.log.note("order.taken", "A-2")
    assert [line.get("trace") for line in log.lines()] == [TRACE, None]


@pytest.mark.parametrize("where", ["entity", "detail", "key", "error", "record"])
def test_a_secret_is_hidden_wherever_it_turns_up(where: str) -> None:
    log = Log("tok-12345", "")
    if where == "entity":
        log.log.note("x.y", "with tok-12345 in it")
    elif where == "detail":
        log.log.note("x.y", "e", headers={"authorization": "Bearer tok-12345"})
    elif where == "key":
        log.log.note("x.y", "e", **{"tok-12345": 1})
    elif where == "error":
        log.log.failed("x.y", "e", RuntimeError("tok-12345"))
    else:
        LogRecords(log.log).emit(logging.makeLogRecord({"msg": "header %s", "args": ("tok-12345",), "name": "lib"}))
    assert "tok-12345" not in log.out.getvalue()
    assert "[hidden]" in log.out.getvalue()


def test_what_libraries_log_comes_in_the_same_lines() -> None:
    log = Log()
    logger = logging.Logger("uvicorn.error")
    logger.addHandler(LogRecords(log.log))
    try:
        raise KeyError("k")
    except KeyError:
        logger.exception("it %s", "broke")
    (line,) = log.lines()
    assert (line["level"], line["kind"], line["entity"], line["message"]) == (
        "error",
        "log.written",
        "uvicorn.error",
        "it broke",
    )
    assert "KeyError" in line["traceback"]
