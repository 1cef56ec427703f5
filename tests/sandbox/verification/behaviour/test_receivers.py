"""The checks of receivers of webhooks: one that is careful, ours among them, and those with a bad habit."""

from __future__ import annotations

import asyncio
from io import StringIO
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mock_systems.kit.live.audit import AuditTrail
from mock_systems.kit.live.wall_clock import Anchor, WallClock
from mock_systems.kit.signing import SignatureError, verify
from sandbox.core.ports import HttpReply, HttpRequest
from sandbox.verification.behaviour.checks import CHECKS
from sandbox.verification.behaviour.result import Result, Verdict
from sandbox.verification.behaviour.run import Checked, Ways, check_receiver
from sandbox.verification.behaviour.suite import Suite
from sandbox.worlds.live.core.gate import Gate
from sandbox.worlds.live.core.hub_app import HubApp
from sandbox.worlds.live.core.log import JsonLog
from tests.sandbox.verification.behaviour.wholesaler import serving

SECRET = "whsec_dGhpcyBpcyBhIHNlY3JldCBmb3IgdGVzdHM="
PROFILE = """\
webhooks:
  events:
    - {type: order.created, data: {order: '${unique}', seq: 1}}
    - {type: order.changed, data: {order: '${unique}', seq: 2}}
  effects: {method: GET, url: '/../seen', items: /seen, where: {/order: '${unique}', /seq: 1}}
"""


class Endpoint:
    """Takes webhooks at /hooks and shows at /seen what it has made of them."""

    def __init__(self, habit: str) -> None:
        self.habit = habit
        self.known: set[str] = set()
        self.seen: list[dict[str, object]] = []
        self.clock = WallClock(Anchor(0, 0))
        routes = [Route("/hooks", self.take, methods=["POST"]), Route("/seen", self.show)]
        self.app = Starlette(routes=routes)

    async def take(self, request: Request) -> Response:
        """One webhook."""
        window_s = 1 << 40 if self.habit == "takes-old-ones" else 300
        try:
            if self.habit != "believes-all":
                now_s = self.clock.wall_us() // 1_000_000
                verify(SECRET, request.headers, await request.body(), now_s, window_s)
        except SignatureError:
            return Response(status_code=500 if self.habit == "breaks-down" else 401)
        message = request.headers.get("webhook-id", "")
        if message in self.known and self.habit != "takes-twice":
            return Response(status_code=409 if self.habit == "refuses-repeats" else 204)
        self.known.add(message)
        told = (await request.json())["data"]
        late = any(one.get("order") == told["order"] and one["seq"] > told["seq"] for one in self.seen)
        if late and self.habit == "refuses-late-ones":
            return Response(status_code=422)
        self.seen.append(told)
        return Response(status_code=204)

    async def show(self, request: Request) -> Response:
        """What it has made."""
        return JSONResponse({"seen": self.seen})


HABITS = {
    "": set(),
    "believes-all": {"receiver-signed", "receiver-replay"},
    "breaks-down": {"receiver-signed", "receiver-replay"},
    "takes-old-ones": {"receiver-replay"},
    "takes-twice": {"receiver-duplicate"},
    "refuses-repeats": {"receiver-duplicate"},
    "refuses-late-ones": {"receiver-reordered"},
}


def results_of(app: object, path: str, profile: Path | None, secret: str = SECRET) -> list[Result]:
    """What the checks say of a receiver."""
    one = Checked("receiver", Suite())

    async def run() -> None:
        async with serving(app) as url:
            await check_receiver(one, profile, f"{url}{path}", "HOOK_SECRET", {"HOOK_SECRET": secret}, Ways())

    asyncio.run(run())
    return one.suite.results


@pytest.mark.parametrize("habit", HABITS)
def test_each_bad_habit_of_a_receiver_fails_its_check(habit: str, tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text(PROFILE)
    results = results_of(Endpoint(habit).app, "/hooks", profile)
    assert {one.check for one in results if one.verdict is Verdict.FAIL} == HABITS[habit], results
    assert len(results) == len([check for check in CHECKS if check.of == "receiver"])
    if not habit:
        assert all(one.verdict is Verdict.PASS for one in results)


def test_a_receiver_that_knows_another_secret_is_not_tested(tmp_path: Path) -> None:
    results = results_of(Endpoint("").app, "/hooks", None, "whsec_YW5vdGhlciBvbmU=")
    assert {one.verdict for one in results} == {Verdict.NOT_TESTED}
    assert all("is the secret right?" in one.detail for one in results)


class Taking:
    """A hub that takes whatever comes through the gate."""

    async def receive(self, request: HttpRequest) -> HttpReply:
        """Take it."""
        return HttpReply(202, None)


class Quiet:
    """Nobody listens."""

    def note(self, what: str, about: str, **data: object) -> None:
        """Heard."""


class _Wall:
    def now_us(self) -> int:
        """UTC."""
        return WallClock(Anchor(0, 0)).wall_us()


def test_the_way_in_to_our_core_passes(tmp_path: Path) -> None:
    clock = _Wall()
    gate = Gate({"erp": SECRET}, "core", clock, Quiet())
    app = HubApp(Taking(), gate, JsonLog(StringIO(), clock, "core"), lambda: None, AuditTrail(tmp_path / "audit.jsonl"))
    results = results_of(app, "/webhooks/erp", None)
    assert [one.verdict for one in results] == [Verdict.PASS] * len(results)
