"""The core keeps its own contract, whatever is sent to it, with nothing known to be wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from sandbox.verification.fuzz.baseline import Baseline
from sandbox.verification.fuzz.fuzzing import fuzz
from sandbox.verification.fuzz.own_core import core_target
from sandbox.verification.fuzz.plan import FuzzPlan
from sandbox.verification.fuzz.result import FuzzOutcome, outcome_of
from sandbox.verification.fuzz.served_core import SIGN_THIS
from sandbox.verification.fuzz.target import Target

OPEN = {"authorization": "Bearer everything"}
SIGNED = {"webhook-id": "msg-1", "webhook-timestamp": "1", "webhook-signature": SIGN_THIS}


@pytest.fixture(scope="module")
def target() -> Target:
    """The core after a few days of trade."""
    return core_target(1)


def outcome(target: Target, plan: FuzzPlan) -> FuzzOutcome:
    return outcome_of(fuzz(target, plan, lambda *_: None), Baseline((), date(2026, 11, 21)))


def ask(target: Target, method: str, path: str, headers: Mapping[str, str], raw: bytes = b"") -> tuple[int, Any]:
    """One request, and what was answered."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": raw}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": given}
    asyncio.run(target.app(scope, receive, send))
    body = sent[1]["body"]
    return sent[0]["status"], json.loads(body) if body else None


def test_a_few_requests_to_each_operation_find_nothing(target: Target) -> None:
    found = outcome(target, FuzzPlan(examples=1, phases=("examples", "fuzzing")))
    assert (found.findings, found.errors) == ([], [])
    assert found.tested == len(found.operations) == 10


def test_its_shipments_are_shown_by_the_names_of_their_fields(target: Target) -> None:
    status, shown = ask(target, "GET", f"/orders/{target.values['order'][0]}", OPEN)
    assert status == 200
    assert all({"reference", "site", "lines", "state"} <= set(one) for one in shown["progress"]["shipments"])
    assert shown["progress"]["shipments"]


def test_what_has_the_known_signature_is_signed_on_its_way_and_all_else_is_refused(target: Target) -> None:
    raw = json.dumps({"type": "nothing.read", "data": {}}).encode()
    assert ask(target, "POST", "/webhooks/erp", SIGNED, raw)[0] == 204
    assert ask(target, "POST", "/webhooks/erp", {**SIGNED, "webhook-signature": "v1,AAAA"}, raw)[0] == 401


def test_a_webhook_has_a_body_and_is_posted(target: Target) -> None:
    assert ask(target, "POST", "/webhooks/erp", SIGNED)[1]["type"] == "urn:problem:malformed-json"
    assert ask(target, "PUT", "/webhooks/erp", SIGNED, b"{}")[0] == 405


def test_a_change_of_an_order_that_the_shop_does_not_know_is_put_aside(target: Target) -> None:
    event = next(one for one in events(target) if one["type"] == "order.edit_requested")
    raw = json.dumps({**event, "data": {**event["data"], "order": "W-NOWHERE"}}).encode()
    assert ask(target, "POST", "/webhooks/commerce", SIGNED, raw)[0] == 200
    letters = ask(target, "GET", "/dead-letters", OPEN)[1]["items"]
    assert any("which the shop does not know" in one["cause"] for one in letters)


def events(target: Target) -> list[Any]:
    """The webhooks that its requests are drawn from."""
    media = target.data["paths"]["/webhooks/{system}"]["post"]["requestBody"]["content"]["application/json"]
    return [one["value"] for one in media["examples"].values()]


@pytest.mark.campaign
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_all_phases_find_nothing_and_test_every_operation(seed: int) -> None:
    found = outcome(core_target(seed), FuzzPlan(seed=seed, examples=40))
    assert (found.findings, found.errors) == ([], [])
    assert {one.operation: one.why for one in found.operations if one.why} == {}
