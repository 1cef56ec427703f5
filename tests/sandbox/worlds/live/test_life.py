"""How a core's life ends when nobody stops it."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sandbox.worlds.live.core import life
from sandbox.worlds.live.core.clock import WorldClock
from sandbox.worlds.live.core.log import JsonLog
from sandbox.worlds.live.core.settings import load_settings
from sandbox.worlds.live.core.web_server import bind

SYSTEMS = ("commerce", "erp", "wms", "carrier", "desk")


def lived(folder: Path, ends: Callable[[], None]) -> tuple[int, list[dict[str, Any]]]:
    """The exit status and the log of a core whose hub ends so after a moment."""

    class ShortHub:
        is_ready = True

        def __init__(self, *_: Any) -> None:
            pass

        async def run(self) -> None:
            await asyncio.sleep(0.05)
            ends()

    file = folder / "core.json"
    store = f"sqlite:///{folder}/core.sqlite"
    file.write_text(
        json.dumps({"systems": {n: {"url": "http://h"} for n in SYSTEMS}, "store": store, "bus": "memory:"})
    )
    secrets = {f"SANDBOX_TOKEN_{name.upper()}": "t" for name in (*SYSTEMS, "core")}
    secrets.update({f"SANDBOX_WEBHOOK_SECRET_{name.upper()}": "whsec_c2VjcmV0" for name in SYSTEMS})
    out = io.StringIO()
    with bind("127.0.0.1", 0) as bound:
        log = JsonLog(out, WorldClock(), "core-1")
        settings = replace(load_settings(file, secrets), made_by=ShortHub)  # type: ignore[arg-type]
        status = asyncio.run(life.Life(settings, [bound], log).run())
    return status, [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_core_that_breaks_says_why_and_ends_with_1(tmp_path: Path) -> None:
    def ends() -> None:
        raise ExceptionGroup("unhandled errors", [LookupError("no such order")])

    status, lines = lived(tmp_path, ends)
    assert status == 1
    failed = next(line for line in lines if line["kind"] == "core.failed")
    assert (failed["entity"], failed["level"]) == ("hub", "error")
    assert "LookupError: no such order" in failed["traceback"]
    assert lines[-1]["kind"] == "core.stopped"


def test_a_core_whose_place_was_taken_ends_with_3(tmp_path: Path) -> None:
    status, lines = lived(tmp_path, lambda: None)
    assert status == 3
    assert (lines[-1]["kind"], lines[-1]["status"]) == ("core.stopped", 3)
