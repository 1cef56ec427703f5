"""The admin API of a live system: what a test bench may do to it, and an integration may not.

It has a port and a token of its own. `/health` and `/ready` ask for no token.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from fastapi import Depends, FastAPI
from fastapi import Request as HttpRequest
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.security import HTTPBearer
from prometheus_client.core import Metric

from mock_systems.kit.face import to_bytes
from mock_systems.kit.faults import CallFault, FaultError, WebhookFault
from mock_systems.kit.live import admin_wire as wire
from mock_systems.kit.live.admin_guard import AdminGuard, Life
from mock_systems.kit.live.admin_pages import After, Limit, add_clock, book_page
from mock_systems.kit.live.audit import AuditPage, AuditTrail
from mock_systems.kit.live.hand_overs import HandOver
from mock_systems.kit.live.input_log import Beginning
from mock_systems.kit.live.live_system import LiveSystem, SnapshotError
from mock_systems.kit.live.metrics_page import CONTENT_TYPE, page
from mock_systems.kit.live.wall_clock import Anchor, ClockError
from mock_systems.kit.wire import Reply, problem

_BEARER: Final = HTTPBearer(auto_error=False, scheme_name="admin", description="The admin token of this landscape.")


def admin_app(live: LiveSystem, token: str, metrics: Callable[[], Iterable[Metric]]) -> FastAPI:
    """The admin API of `live`, for those who know the token; `metrics` are those of its page for Prometheus."""
    app = admin_shell(f"{live.name} (mock): admin API", live, token, AuditTrail(live.folder / "audit.jsonl"))
    _add_state(app, live)
    _add_snapshots(app, live)
    _add_books(app, live)
    add_clock(app, live.clock, live.set_clock)
    _add_metrics(app, metrics)
    return app


def admin_shell(title: str, life: Life, token: str, audit: AuditTrail) -> FastAPI:
    """An admin API that has its guard and its audit trail, `/health` and `/ready`, and nothing else yet."""
    app = FastAPI(title=title, version="1.0.0", redoc_url=None, dependencies=[Depends(_BEARER)])
    app.add_middleware(AdminGuard, life=life, token=token, audit=audit)
    _tell_errors(app)

    @app.get("/health", summary="Whether the process answers")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/ready", summary="Whether the system takes calls", responses={503: {"description": "Not yet"}})
    async def ready() -> Response:
        return to_bytes(Reply(200 if life.is_ready else 503, {"ready": life.is_ready}))

    @app.get("/audit", summary="Who asked this API for what, and what came of it", response_model=AuditPage)
    async def audited(after: After = 0, limit: Limit = 1000) -> Response:
        return to_bytes(Reply(200, audit.page(after, limit)))

    return app


def _tell_errors(app: FastAPI) -> None:
    """Tell errors as problem details."""

    @app.exception_handler(RequestValidationError)
    async def unfit(request: HttpRequest, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        errors = [{"pointer": "/" + "/".join(map(str, e["loc"][1:])), "detail": e["msg"]} for e in error.errors()]
        return to_bytes(problem(422, "invalid-request", "the request does not fit the admin API", errors=errors))

    for kind, status, code in (
        (ClockError, 409, "clock-goes-back"),
        (SnapshotError, 404, "unknown-snapshot"),
        (FaultError, 422, "invalid-fault"),
        (ValueError, 422, "invalid-request"),
    ):
        app.add_exception_handler(kind, _telling(status, code))


def _telling(status: int, code: str) -> Callable[[HttpRequest, Exception], Awaitable[Response]]:
    async def tell(request: HttpRequest, error: Exception) -> Response:
        return to_bytes(problem(status, code, str(error)))

    return tell


def _add_state(app: FastAPI, live: LiveSystem) -> None:
    @app.get("/status", summary="How the system is")
    async def status() -> wire.Status:
        system, door = live.system, live.system.door
        return wire.Status(
            system=system.name,
            pid=os.getpid(),
            ready=live.is_ready,
            generation=live.beginning.generation,
            seed=live.beginning.seed,
            now_us=live.clock.now_us(),
            speed=live.clock.anchor.speed,
            facts=system.ledger.written,
            calls=door.calls,
            refused=door.refused,
            denied=door.denied,
            peak_concurrency=door.peak_concurrency,
            peak_per_minute=door.peak_per_minute,
            by_operation=dict(sorted(door.by_operation.items())),
            webhooks_sent=system.webhooks.sent,
            webhooks_under_way=len(live.deliveries),
            loads_under_way=len(live.hand_overs),
        )

    @app.post("/reset", status_code=204, summary="Begin anew, with another seed or other opening balances if given")
    async def reset(body: wire.Reset) -> None:
        beginning, anchor = live.beginning, _anchor(body.clock)
        start_us = body.start_us
        if start_us is None:
            start_us = live.clock.now_us() if body.clock is None else body.clock.now_us
        live.reset(
            Beginning(
                seed=beginning.seed if body.seed is None else body.seed,
                start_us=start_us,
                opening=body.opening or beginning.opening,
                generation=beginning.generation + 1,
            ),
            anchor,
        )


def _add_snapshots(app: FastAPI, live: LiveSystem) -> None:
    @app.get("/snapshots", summary="The snapshots there are")
    async def snapshots() -> wire.Snapshots:
        return wire.Snapshots(items=live.snapshots())

    @app.put("/snapshots/{name}", status_code=204, summary="Keep the present state under a name")
    async def snapshot(name: str) -> None:
        live.snapshot(name)

    @app.post("/snapshots/{name}/restoration", status_code=204, summary="Be again as at the snapshot")
    async def restore(name: str, body: wire.Restoration) -> None:
        await live.restore(name, _anchor(body.clock))


def _add_books(app: FastAPI, live: LiveSystem) -> None:
    @app.get("/facts", summary="The ledger, page by page", response_model=wire.FactPage)
    async def facts(after: After = 0, limit: Limit = 1000) -> Response:
        now_us, ledger = live.now_us(), live.system.ledger
        items, generation = ledger.facts[after : after + limit], live.beginning.generation
        return book_page(items, after, generation=generation, written=ledger.written, now_us=now_us)

    @app.get("/calls", summary="The latest calls of integrations, page by page", response_model=wire.CallPage)
    async def calls(after: After = 0, limit: Limit = 1000) -> Response:
        now_us, book = live.now_us(), live.calls
        return book_page(book.after(after, limit), after, process=os.getpid(), seen=book.seen, now_us=now_us)

    @app.get("/alarms", summary="What went wrong lately at the door and with webhooks", response_model=wire.AlarmPage)
    async def alarms(after: After = 0, limit: Limit = 1000) -> Response:
        now_us, book = live.now_us(), live.alarms
        return book_page(book.after(after, limit), after, process=os.getpid(), seen=book.seen, now_us=now_us)

    @app.delete("/subscriptions", summary="Delete all subscriptions to webhooks, and tell nobody")
    async def forget() -> wire.Forgotten:
        return wire.Forgotten(subscriptions=live.forget_subscribers())

    @app.post("/hand-overs", status_code=204, summary="Take goods from another system; the same id once")
    async def hand_over(body: wire.Load) -> None:
        live.take(HandOver(body.id, body.kind, body.data))

    @app.get("/faults", summary="The faults that are armed")
    async def faults() -> wire.ShownFaults:
        calls, webhooks = live.system.door.faults, live.system.webhooks.faults
        applied = {fault.id: fault.applied for fault in (*calls, *webhooks)}
        return wire.ShownFaults(
            calls=[fault.as_dict() for fault in calls],
            webhooks=[fault.as_dict() for fault in webhooks],
            applied=applied,
        )

    @app.put("/faults", status_code=204, summary="Carry out these faults, in place of those before")
    async def arm(body: wire.ArmedFaults) -> None:
        live.arm(
            [CallFault.from_dict(fault) for fault in body.calls],
            [WebhookFault.from_dict(fault) for fault in body.webhooks],
        )

    @app.delete("/faults", status_code=204, summary="Heal the system")
    async def heal() -> None:
        live.arm((), ())


def _add_metrics(app: FastAPI, metrics: Callable[[], Iterable[Metric]]) -> None:
    @app.get("/metrics", summary="What the system has done, for Prometheus")
    async def show() -> Response:
        return Response(page(metrics()), media_type=CONTENT_TYPE)


def _anchor(given: wire.ClockAnchor | None) -> Anchor | None:
    return None if given is None else Anchor(given.wall_us, given.now_us, given.speed)
