"""What the log of a core tells a run: what it noticed, not each call that went well."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sandbox.worlds.live.core.log import JsonLog
from sandbox.worlds.live.ledgers.notices import CoreLog
from sandbox.worlds.virtual.notes import Note

AT_US = 1_321_261_200_123_000


class Still:
    def now_us(self) -> int:
        return AT_US


def test_lines_of_the_core_become_notes_but_for_the_normal_course(tmp_path: Path) -> None:
    path = tmp_path / "core.log"
    with path.open("w") as out:
        log = JsonLog(out, Still(), "core-1")
        log.note("call.repeated", "W-1", system="erp", attempt=1, order="W-1")
        log.note("request.answered", "erp POST /invoices", status=201, trace="ab" * 16)
        log.note("webhook.answered", "erp sales_order.released", status=200, trace="ab" * 16)
        log.write("info", "log.written", "uvicorn.error", {"message": "hello"})
        log.note("call.timed-out", "erp GET /x", cause="late")
        out.write('Traceback\n{"at": "2011-')
    reading = asyncio.run(CoreLog(path, Still().now_us).read())
    assert reading.notes == [
        Note(AT_US, "core", "call.repeated", "W-1", "W-1", {"system": "erp", "attempt": 1}),
        Note(AT_US, "network", "call.timed-out", "erp GET /x", None, {"cause": "late"}),
    ]
