"""A provider for tests that answers as it is told, and a second consumer of the ERP."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.verification.pacts.providers.served import body_of, reply_with


class Renaming:
    """Stands before a provider and renames a field in each of its answers and webhooks: drift, as vendors do it."""

    def __init__(self, app: ASGIApp, old: str, new: str) -> None:
        self._app, self._old, self._new = app, f'"{old}"'.encode(), f'"{new}"'.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/_pact/state":
            await self._app(scope, receive, send)
            return
        said: list[Message] = []

        async def hear(message: Message) -> None:
            said.append(message)

        await self._app(scope, receive, hear)
        start, *parts = said
        body = b"".join(part.get("body", b"") for part in parts).replace(self._old, self._new)
        headers = [one for one in start["headers"] if one[0] != b"content-length"]
        await send({**start, "headers": [*headers, (b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})


class Scripted:
    """A provider: `answers` are by method and path, the rest is 404. `asked` are its requests, states among them."""

    def __init__(self, answers: Mapping[str, tuple[int, Any]], states: Mapping[str, tuple[int, Any]]) -> None:
        self.answers, self.states = answers, states
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self._hanging: dict[str, Callable[[], None]] = {}

    def hangs_at(self, path: str, then: Callable[[], None]) -> None:
        """Give no answer there, and do something meanwhile."""
        self._hanging[path] = then

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await body_of(scope, receive)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        called = f"{scope['method']} {scope['path']}"
        self.asked.append((called, headers, body))
        if scope["path"] in self._hanging:
            self._hanging[scope["path"]]()
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        found = self.states.get(body["state"]) if scope["path"] == "/states" else self.answers.get(called)
        await reply_with(send, *(found or (404, {"type": "urn:problem:not-found"})))


def reporting(
    folder: Path, interactions: list[dict[str, Any]], *, version: str = "2.0.0", provider: str = "erp"
) -> Path:
    """A pact of another consumer, in an older specification."""
    path = folder / f"reporting-{provider}.json"
    document = {
        "consumer": {"name": "reporting"},
        "provider": {"name": provider},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": version}},
    }
    path.write_text(json.dumps(document, indent=2))
    return path


ITEM_2 = {
    "description": "read an item",
    "providerState": "an account and items are there",
    "request": {"method": "GET", "path": "/items/MUG", "headers": {"Authorization": "Bearer reporting"}},
    "response": {
        "status": 200,
        "body": {"sku": "MUG", "price_minor": 1},
        "matchingRules": {"$.body.price_minor": {"match": "type"}},
    },
}
DOCS = Path(__file__).resolve().parents[4] / "docs" / "contracts" / "verify.md"
STOCK_3 = json.loads(DOCS.read_text().partition("```json")[2].partition("```")[0])["interactions"][0]
"""The example of the docs."""
