"""The core's pacts, written by running its adapters against pact mock servers, and its readers on message contents.

Each interaction is a pact of its own while it is tried, so that two with the same request can't stand in for each
other; a provider's pact has them all, in the order of their names. Nothing in the files depends on time or chance.
"""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pact
from pact.interaction import AsyncMessageInteraction, HttpInteraction

from sandbox.core.model.errand import Errand
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.systems.client import SystemRefused
from sandbox.verification.pacts.adapters import CLIENT, NOW_US, TOKEN, adapter_for
from sandbox.verification.pacts.exchanges.table import CONSUMER, EXCHANGES, MESSAGES, SYSTEMS
from sandbox.verification.pacts.exchanges.words import Exchange, Held, Message, Refused
from sandbox.verification.pacts.matching import answer_of, body_of, header_of, path_of, value_of

_JSON = "application/json"
_PROBLEM = "application/problem+json"
_FORM = "application/x-www-form-urlencoded"
SPECIFICATION = "4.0"


class PactError(Exception):
    """An adapter or reader makes something else of an answer than the declaration says: one of them is wrong."""


def write_pacts(folder: Path, told: Callable[[str], None] = lambda _: None) -> list[Path]:
    """Write `sync-core-<system>.json` for each system; the files. Raises PactError, and pact's own for a mismatch."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for system, document in pacts(told).items():
        path = folder / f"{CONSUMER}-{system}.json"
        path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        paths.append(path)
    return paths


def pacts(told: Callable[[str], None] = lambda _: None) -> Mapping[str, dict[str, Any]]:
    """System -> its pact with the core. `told` hears of each interaction. Raises as `write_pacts` does."""
    found: dict[str, list[dict[str, Any]]] = {system: [] for system in SYSTEMS}
    with asyncio.Runner() as runner, TemporaryDirectory() as folder:
        for exchange in EXCHANGES:
            told(f"{exchange.system}: {exchange.does}")
            found[exchange.system].append(_written(_tried(exchange, runner), folder))
        for message in MESSAGES:
            told(f"{message.system}: {message.does}")
            found[message.system].append(_written(_read(message, runner), folder))
    return {system: _document(system, interactions) for system, interactions in found.items()}


def _document(system: str, interactions: list[dict[str, Any]]) -> dict[str, Any]:
    interactions.sort(key=lambda one: (one["type"], one["description"], json.dumps(one.get("providerStates"))))
    return {
        "consumer": {"name": CONSUMER},
        "provider": {"name": system},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": SPECIFICATION}},
    }


def _tried(exchange: Exchange, runner: asyncio.Runner) -> pact.Pact:
    """The interaction, once the adapter has gone through it."""
    one = pact.Pact(CONSUMER, exchange.system)
    interaction = one.upon_receiving(exchange.does)
    if exchange.state is not None:
        interaction.given(exchange.state.name, dict(exchange.state.params))
    _ask(interaction, exchange)
    _answer(interaction, exchange)
    with one.serve(addr="127.0.0.1") as server:
        comes_to = runner.run(_asked(exchange, str(server.url)))
    if comes_to != exchange.comes_to:
        raise PactError(f"{exchange.system}: {exchange.does}: {comes_to!r}, and not {exchange.comes_to!r}")
    return one


def _ask(interaction: HttpInteraction, exchange: Exchange) -> None:
    interaction.with_request(exchange.method, path_of(exchange))
    if exchange.token:
        interaction.with_header("Authorization", header_of(f"Bearer {TOKEN}", "Bearer .+"))
    else:
        interaction.with_header("Authorization", header_of(_basic(), "Basic .+"))
    if exchange.key is not None:
        interaction.with_header("Idempotency-Key", header_of(exchange.key, ".+"))
    for name, value in exchange.query.items():
        interaction.with_query_parameter(name, value_of(value, exchange.gives))
    if exchange.body is not None:
        body = exchange.body
        kind = _FORM if isinstance(body, str) else _JSON
        interaction.with_body(body if isinstance(body, str) else body_of(body, exchange.gives), kind)


def _basic() -> str:
    return "Basic " + base64.b64encode(f"{CLIENT.client}:{CLIENT.secret}".encode()).decode()


def _answer(interaction: HttpInteraction, exchange: Exchange) -> None:
    interaction.will_respond_with(exchange.status)
    for name, example in exchange.headers.items():
        interaction.with_header(name, header_of(example, "[0-9]+"))
    if exchange.answer is not None:
        interaction.with_body(answer_of(exchange.answer), _JSON if exchange.status < 400 else _PROBLEM)


async def _asked(exchange: Exchange, url: str) -> Any:
    """What the core comes to with the answer: what it reads in it, or how it is refused."""
    async with adapter_for(exchange, url) as adapter:
        try:
            given = await exchange.asked.of(adapter, Errand("pact"))
        except SystemRefused as refused:
            named = exchange.comes_to.body if isinstance(exchange.comes_to, Refused) else {}
            return Refused(refused.status, refused.code, {name: refused.body[name] for name in named})
        except SystemUnavailable as held:
            return Held((held.retry_at_us - NOW_US) // 1_000_000)
    return given if exchange.reads is None else exchange.reads(given)


def _read(message: Message, runner: asyncio.Runner) -> pact.Pact:
    """The message, once the core's reader has read it."""
    one = pact.Pact(CONSUMER, message.system)
    interaction: AsyncMessageInteraction = one.upon_receiving(message.does, "Async")
    interaction.given(message.state.name, dict(message.state.params))
    interaction.with_body({"type": message.topic, "data": answer_of(message.data)}, _JSON)
    read: list[Any] = []

    def hear(body: str | bytes | None, metadata: Mapping[str, object]) -> None:
        read.append(runner.run(_heard(message, json.loads(body or "null"))))

    one.verify(hear, "Async")
    if read != [message.comes_to]:
        raise PactError(f"{message.system}: {message.does}: {read[0]!r}, and not {message.comes_to!r}")
    return one


async def _heard(message: Message, webhook: Any) -> Any:
    given = message.reads(webhook["data"])
    return await given if inspect.isawaitable(given) else given


def _written(one: pact.Pact, folder: str) -> dict[str, Any]:
    """The one interaction, as pact writes it into the folder, where the next one takes its place."""
    one.write_file(folder, overwrite=True)
    path = Path(folder) / f"{one.consumer}-{one.provider}.json"
    (interaction,) = json.loads(path.read_text(encoding="utf-8"))["interactions"]
    found: dict[str, Any] = interaction
    return found
