"""A mock system served over HTTP for a verification: it takes on the states that pacts name, and shows its webhooks.

Beside its own API it answers `POST /_pact/state` as Pact wants a state-change URL to, and
`POST /_pact/message/<topic>`. A state that is not known, or can't be brought about, is noted and never an error: pact
would ask again for two minutes.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_systems.kit.face import lean_app
from mock_systems.kit.live.serving import listening
from sandbox.errors import did_you_mean
from sandbox.verification.pacts.providers.bench import TOKEN, States

STATE_PATH: Final = "/_pact/state"
MESSAGE_PATH: Final = "/_pact/message"
_LOOPBACK: Final = "127.0.0.1"
_STARTS_WITHIN_S: Final = 30.0


class Served:
    """The system's ASGI app. `missed` are states that it could not take on since somebody last looked, with why."""

    def __init__(self, system: str, states: States) -> None:
        self.system, self.states = system, states
        self.missed: list[str] = []
        self._enter("", {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        if scope["path"] == STATE_PATH:
            await reply_with(send, 200, self._change(await body_of(scope, receive)))
        elif scope["path"].startswith(MESSAGE_PATH):
            await body_of(scope, receive)
            await self._tell(scope["path"].removeprefix(MESSAGE_PATH).lstrip("/"), send)
        else:
            await self._app({**scope, "headers": _shown(scope["headers"])}, receive, send)

    def _change(self, asked: Any) -> Mapping[str, Any]:
        if not isinstance(asked, dict) or asked.get("action") == "teardown":
            return {}
        return self._enter(str(asked.get("state") or ""), asked.get("params") or {})

    def _enter(self, state: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        make = self.states.get(state)
        if make is None:
            self.missed.append(f"the mock {self.system} knows no state {state!r}; {did_you_mean(state, self.states)}")
            return {}
        try:
            self.bench, given = make(params)
        except Exception as error:  # noqa: BLE001 - whatever it is: it is told as this state's failure
            self.missed.append(f"the state {state!r} does not come about: {type(error).__name__}: {error}")
            return {}
        self._app: ASGIApp = lean_app(self.bench.system, self.bench)
        return given

    async def _tell(self, topic: str, send: Send) -> None:
        """The last webhook of the topic, or of all, as it went out."""
        heard = self.bench.last(topic) if topic else next(reversed(self.bench.heard), None)
        if heard is None:
            await reply_with(send, 404, {"message": f"{self.system} has not sent {topic or 'anything'}"})
        else:
            await reply_with(send, 200, heard)


def _shown(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers as of somebody whom the system knows: a consumer's example of a token is nobody's. Basic is kept."""
    given = next((value for name, value in headers if name == b"authorization"), b"")
    if given[:6].lower() == b"basic ":
        return headers
    return [*(one for one in headers if one[0] != b"authorization"), (b"authorization", f"Bearer {TOKEN}".encode())]


async def body_of(scope: Scope, receive: Receive) -> Any:
    """A request's body, which is JSON or empty."""
    return json.loads(await Request(scope, receive).body() or b"null")


async def reply_with(send: Send, status: int, value: Any) -> None:
    """Answer with JSON."""
    content = json.dumps(value).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


@contextmanager
def at_url(app: ASGIApp) -> Iterator[str]:
    """Serve an app on a free port of this machine, in a thread of its own; its URL."""
    socket = listening(_LOOPBACK, 0)
    port = socket.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", loop="asyncio", ws="none"))
    started = threading.Event()

    async def serve() -> None:
        serving = asyncio.ensure_future(server.serve([socket]))
        while not server.started and not serving.done():
            await asyncio.sleep(0.001)
        started.set()
        await serving

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name=f"provider on {port}", daemon=True)
    thread.start()
    try:
        if not started.wait(_STARTS_WITHIN_S):
            raise TimeoutError(f"no server on port {port} within {_STARTS_WITHIN_S} s")
        yield f"http://{_LOOPBACK}:{port}"
    finally:
        server.should_exit = True
        thread.join()
        socket.close()
