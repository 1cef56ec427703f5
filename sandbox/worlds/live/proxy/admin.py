"""The admin API before a system that is not ours: the same wire as a mock's, as far as it goes."""

from __future__ import annotations

import os
from typing import Any, Final, Protocol

from fastapi import FastAPI
from fastapi.responses import Response

from mock_systems.kit.face import to_bytes
from mock_systems.kit.faults import CallFault, FaultError
from mock_systems.kit.ledger import Fact
from mock_systems.kit.live import admin_wire as wire
from mock_systems.kit.live.admin import admin_shell
from mock_systems.kit.live.admin_pages import After, Limit, add_clock, book_page
from mock_systems.kit.live.alarm_book import AlarmBook
from mock_systems.kit.live.audit import AuditTrail
from mock_systems.kit.live.call_book import CallSeen
from mock_systems.kit.live.wall_clock import Anchor, WallClock
from mock_systems.kit.wire import problem

_NOT_OURS: Final = "this system is somebody else's: begin it anew in its own way, and the landscape with it"


class Before(Protocol):
    """What stands before the system, as its admin API needs it."""

    name: str
    clock: WallClock
    seed: int
    alarms: AlarmBook

    @property
    def is_ready(self) -> bool:
        """Whether it takes calls, and its books' opening is read."""

    @property
    def faults(self) -> tuple[CallFault, ...]:
        """Those that are armed."""

    @property
    def traffic(self) -> dict[str, Any]:
        """Counts of the calls that came: by operation, the most at once, the most in a minute."""

    def arm(self, faults: list[CallFault]) -> None:
        """Carry out these, in place of those before. Raises FaultError."""

    def set_clock(self, anchor: Anchor) -> None:
        """Go by another anchor. Raises ClockError."""

    def facts(self, after: int, limit: int) -> tuple[list[Fact], int, int]:
        """A page of facts, how many there are, and the time before which they are all."""

    def calls(self, after: int, limit: int) -> tuple[list[CallSeen], int, int]:
        """A page of calls, how many there were, and the time before which they are all."""


def proxy_admin_app(before: Before, token: str, audit: AuditTrail) -> FastAPI:
    """Its admin API, for those who know the token."""
    app = admin_shell(f"{before.name} (yours): admin API", before, token, audit)
    _add_state(app, before)
    _add_books(app, before)
    _add_faults(app, before)
    add_clock(app, before.clock, before.set_clock)
    return app


def _add_state(app: FastAPI, before: Before) -> None:
    @app.get("/status", summary="How the proxy is")
    async def status() -> dict[str, Any]:
        _, facts, _ = before.facts(0, 1)
        _, calls, _ = before.calls(0, 1)
        now_us, speed = before.clock.now_us(), before.clock.anchor.speed
        return _status(before, facts=facts, calls=calls, now_us=now_us, speed=speed, **before.traffic)

    @app.post("/reset", summary="Not possible: the system is not ours", status_code=501)
    @app.put("/snapshots/{name}", summary="Not possible: the system is not ours", status_code=501)
    @app.post("/snapshots/{name}/restoration", summary="Not possible: the system is not ours", status_code=501)
    @app.delete("/subscriptions", summary="Not possible: the system is not ours", status_code=501)
    @app.post("/hand-overs", summary="Not possible: the system is not ours", status_code=501)
    async def not_ours() -> Response:
        return to_bytes(problem(501, "not-ours", _NOT_OURS))


def _status(before: Before, **counted: Any) -> dict[str, Any]:
    """Of what a proxy can't know there is nothing."""
    given = {
        "system": before.name,
        "pid": os.getpid(),
        "ready": before.is_ready,
        "generation": 1,
        "seed": before.seed,
        **counted,
    }
    return {name: given.get(name, {} if name == "by_operation" else 0) for name in wire.Status.model_fields}


def _add_books(app: FastAPI, before: Before) -> None:
    @app.get("/facts", summary="The ledger that was derived from its API", response_model=wire.FactPage)
    async def facts(after: After = 0, limit: Limit = 1000) -> Response:
        items, written, complete_us = before.facts(after, limit)
        return book_page(items, after, generation=1, written=written, now_us=complete_us)

    @app.get("/calls", summary="The latest calls that came to the proxy", response_model=wire.CallPage)
    async def calls(after: After = 0, limit: Limit = 1000) -> Response:
        items, seen, complete_us = before.calls(after, limit)
        return book_page(items, after, process=os.getpid(), seen=seen, now_us=complete_us)

    @app.get("/alarms", summary="The latest calls that faults struck", response_model=wire.AlarmPage)
    async def alarms(after: After = 0, limit: Limit = 1000) -> Response:
        items, now_us = before.alarms.after(after, limit), before.clock.now_us()
        return book_page(items, after, process=os.getpid(), seen=before.alarms.seen, now_us=now_us)


def _add_faults(app: FastAPI, before: Before) -> None:
    @app.get("/faults", summary="The faults that are armed")
    async def faults() -> wire.ShownFaults:
        armed = before.faults
        applied = {fault.id: fault.applied for fault in armed}
        return wire.ShownFaults(calls=[fault.as_dict() for fault in armed], webhooks=[], applied=applied)

    @app.put("/faults", status_code=204, summary="Carry out these faults, in place of those before")
    async def arm(body: wire.ArmedFaults) -> None:
        if body.webhooks:
            raise FaultError("its webhooks do not come this way: only `calls` can be armed before a foreign system")
        before.arm([CallFault.from_dict(fault) for fault in body.calls])

    @app.delete("/faults", status_code=204, summary="Heal it")
    async def heal() -> None:
        before.arm([])
