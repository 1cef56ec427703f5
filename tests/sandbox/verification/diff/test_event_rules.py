"""Each rule of event contracts, in AsyncAPI 3 and between 2 and 3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.verification.diff.rules.events import EVENT_RULES
from tests.sandbox.verification.diff.pairs import found

ORDER = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
PLACED = {"name": "placed", "contentType": "application/json", "payload": ORDER}


def events(
    *actions: str, address: str = "orders", servers: Any = None, enum: Any = None, **messages: Any
) -> dict[str, Any]:
    """An AsyncAPI 3 document with one channel."""
    channel: dict[str, Any] = {"address": address, "messages": messages or {"placed": PLACED}}
    if enum:
        channel["parameters"] = {"site": {"enum": enum}}
    operations = {one: {"action": one, "channel": {"$ref": "#/channels/it"}} for one in actions or ("send",)}
    told = {
        "asyncapi": "3.0.0",
        "info": {"title": "t", "version": "1"},
        "channels": {"it": channel},
        "operations": operations,
    }
    return {**told, "servers": servers} if servers else told


def avro(kind: str) -> dict[str, Any]:
    """A document whose payload is described in Avro."""
    payload = {"schemaFormat": "application/vnd.apache.avro", "schema": {"type": kind}}
    return events(placed={**PLACED, "payload": payload})


BUS = {"bus": {"host": "a", "protocol": "nats"}}
CASES: list[tuple[str, str, Any, Any]] = [
    ("channel-operation-added", "safe", events("send"), events("send", "receive")),
    ("channel-operation-removed", "breaking", events("send", "receive"), events("send")),
    ("channel-parameter-changed", "dangerous",
     events(address="o.{site}", enum=["a"]), events(address="o.{place}", enum=["b"])),
    ("message-removed", "dangerous", events(placed=PLACED, changed=PLACED), events(placed=PLACED)),
    ("message-removed", "breaking", events("receive", placed=PLACED, changed=PLACED), events("receive", placed=PLACED)),
    ("message-added", "dangerous", events(placed=PLACED), events(placed=PLACED, changed=PLACED)),
    ("message-content-type-changed", "breaking", events(), events(placed={**PLACED, "contentType": "text/xml"})),
    ("message-name-changed", "dangerous", events(), events(placed={**PLACED, "name": "other"})),
    ("message-payload-changed", "dangerous",
     avro("int"), avro("long")),
    ("channel-server-removed", "dangerous",
     events(servers={**BUS, "b": {"host": "b", "protocol": "nats"}}), events(servers=BUS)),
    ("channel-server-added", "safe",
     events(servers=BUS), events(servers={**BUS, "b": {"host": "b", "protocol": "nats"}})),
    ("response-property-became-optional", "breaking",
     events(), events(placed={**PLACED, "payload": {**ORDER, "required": []}})),
    ("request-property-became-optional", "safe",
     events("receive"), events("receive", placed={**PLACED, "payload": {**ORDER, "required": []}})),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "severity", "old", "new"), CASES)
def test_a_rule_finds_its_change(rule: str, severity: str, old: Any, new: Any, tmp_path: Path) -> None:
    told = found(tmp_path, old, new)
    assert list(told) == [rule]
    assert told[rule].severity.value == severity
    assert told[rule].place.line > 1


def test_a_channel_at_another_address_is_gone(tmp_path: Path) -> None:
    told = found(tmp_path, events(address="orders"), events(address="sales"))
    assert {rule: change.severity.value for rule, change in told.items()} == {
        "channel-removed": "breaking",
        "channel-added": "safe",
    }
    assert told["channel-removed"].operations == ("send orders",)


def test_every_rule_of_events_has_its_case() -> None:
    assert {rule.name for rule in EVENT_RULES} <= {rule for rule, _, _, _ in CASES} | {
        "channel-removed",
        "channel-added",
    }


def test_version_2_says_the_same_from_the_other_side(tmp_path: Path) -> None:
    told = {
        "asyncapi": "2.6.0",
        "info": {"title": "t", "version": "1"},
        "channels": {"orders": {"subscribe": {"message": PLACED}}},
    }
    assert found(tmp_path, told, events()) == {}
    assert "response-property-became-optional" in found(
        tmp_path, told, events(placed={**PLACED, "payload": {**ORDER, "required": []}})
    )
