"""The core's pacts are what its adapters rely on today: all they ask, and no more than they read."""

from __future__ import annotations

import asyncio
import dataclasses
import inspect
import json
from collections import Counter
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest

from sandbox.core.design import load_design_file
from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.ports import HttpReply, HttpRequest
from sandbox.core.systems.client import SystemRefused
from sandbox.runs.library import designs
from sandbox.verification.pacts import writing
from sandbox.verification.pacts.adapters import adapter_on
from sandbox.verification.pacts.exchanges.table import EXCHANGES, MESSAGES, NOT_COVERED, operations
from sandbox.verification.pacts.exchanges.words import Exactly, Exchange, Message, OneOf
from sandbox.verification.pacts.writing import PactError, pacts, write_pacts

PUBLISHED = Path(__file__).resolve().parents[2] / "contracts" / "pacts"
# Read by others, further on: the carrier is asked for the country, and a problem's detail is told to people.
PASSED_ON = ("ship_to/country", "detail")


def test_the_published_pacts_are_what_the_adapters_write(tmp_path: Path) -> None:
    written = {path.name: path.read_bytes() for path in write_pacts(tmp_path)}
    published = {name: (PUBLISHED / name).read_bytes() for name in written}
    assert written == published, "publish them: sandbox contracts pacts contracts/pacts"


def test_no_pact_of_the_core_is_published_that_nobody_writes() -> None:
    systems = {exchange.system for exchange in EXCHANGES}
    assert {path.name for path in PUBLISHED.glob("sync-core-*.json")} == {f"sync-core-{one}.json" for one in systems}


def test_every_operation_of_every_adapter_is_in_a_pact_or_said_not_to_be() -> None:
    covered = {exchange.asked.name for exchange in EXCHANGES}
    assert [name for name in operations() if name not in covered and name not in NOT_COVERED] == []
    assert [name for name in NOT_COVERED if name in covered or name not in operations()] == []


def test_every_topic_that_the_core_reads_is_in_a_pact() -> None:
    hubs = [Hub(MagicMock(peers=None), load_design_file(path), MagicMock()) for path in designs().values()]
    heard = [hub._subscriptions._topics for hub in hubs]
    read = {(system, topic) for one in heard for system, topics in one.items() for topic in topics}
    read |= {(system, "subscription.validation") for system, _ in read}
    assert {(one.system, one.topic) for one in MESSAGES} == read


def test_no_two_interactions_of_a_state_have_the_same_request() -> None:
    asked = Counter(
        (
            one.system,
            None if one.state is None else (one.state.name, json.dumps(one.state.params, sort_keys=True)),
            one.method,
            one.path,
            json.dumps(one.query, default=str, sort_keys=True),
            json.dumps(one.body, default=str, sort_keys=True),
            one.key,
        )
        for one in EXCHANGES
    )
    assert [request for request, times in asked.items() if times > 1] == []


class Watched(dict[str, Any]):
    """An answer that notes which of its fields are read."""

    def __init__(self, value: dict[str, Any], path: str, read: set[str]) -> None:
        super().__init__({key: watched(one, f"{path}{key}", read) for key, one in value.items()})
        self.path, self.seen = path, read

    def __getitem__(self, key: str) -> Any:
        self.seen.add(f"{self.path}{key}")
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.seen.add(f"{self.path}{key}")
        return super().get(key, default)


def watched(value: Any, path: str, read: set[str]) -> Any:
    if isinstance(value, dict):
        return Watched(value, f"{path}/" if path else "", read)
    if isinstance(value, list):
        return [watched(one, path, read) for one in value]
    return value


def example(value: Any) -> Any:
    if isinstance(value, Exactly):
        return value.value
    if isinstance(value, OneOf):
        return value.words[0]
    if isinstance(value, dict):
        return {key: example(one) for key, one in value.items()}
    return [example(one) for one in value] if isinstance(value, list) else value


def fields(value: Any, path: str = "") -> set[str]:
    if isinstance(value, dict):
        below = {f"{path}{key}" for key in value}
        return below.union(*(fields(one, f"{path}{key}/") for key, one in value.items()))
    return set().union(*(fields(one, path) for one in value)) if isinstance(value, list) else set()


def unread(declared: Any, read: set[str]) -> list[str]:
    return sorted(path for path in fields(example(declared)) - read if not path.endswith(PASSED_ON))


class Answering:
    """A system that gives one answer, whatever it is asked."""

    def __init__(self, exchange: Exchange, read: set[str]) -> None:
        self.reply = HttpReply(exchange.status, watched(example(exchange.answer), "", read), exchange.headers)

    async def send(self, request: HttpRequest) -> HttpReply:
        return self.reply


async def read_by_adapter(exchange: Exchange) -> set[str]:
    """The fields of the answer that the core reads."""
    read: set[str] = set()
    try:
        given = await exchange.asked.of(adapter_on(exchange, Answering(exchange, read)), Errand("test"))
    except SystemRefused as refused:
        for name in getattr(exchange.comes_to, "body", ()):
            read.update(fields({name: refused.body[name]}))
    except SystemUnavailable:
        pass
    else:
        if exchange.reads is not None:
            exchange.reads(given)
    return read


async def read_by_reader(message: Message) -> set[str]:
    """The fields of the webhook that the core reads."""
    read: set[str] = set()
    given = message.reads(watched(example(message.data), "", read))
    if inspect.isawaitable(given):
        await given
    return read


def test_the_adapters_and_readers_read_every_field_that_their_pacts_ask_for() -> None:
    with asyncio.Runner() as runner:
        unread_fields = {
            f"{one.system}: {one.does}": unread(declared, read)
            for one, declared, read in (
                *((exchange, exchange.answer, runner.run(read_by_adapter(exchange))) for exchange in EXCHANGES),
                *((message, message.data, runner.run(read_by_reader(message))) for message in MESSAGES),
            )
        }
    assert len(unread_fields) > 150
    assert {name: left for name, left in unread_fields.items() if left} == {}


def test_a_declaration_that_the_adapter_does_not_bear_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = dataclasses.replace(EXCHANGES[0], comes_to=True)
    monkeypatch.setattr(writing, "EXCHANGES", (wrong,))
    monkeypatch.setattr(writing, "MESSAGES", ())
    with pytest.raises(PactError, match="ask whether an account is blocked: False, and not True"):
        pacts()


def test_values_of_the_state_stand_in_paths_and_bodies() -> None:
    document = json.loads((PUBLISHED / "sync-core-erp.json").read_text())
    (posted,) = [one for one in document["interactions"] if one["description"] == "post an invoice"]
    generated = posted["request"]["generators"]["body"]["$.sales_order"]
    assert generated == {"type": "ProviderState", "expression": "${sales_order}"}
