"""What reaches the core from outside while a run is on: requests to its API, and messages that are sent once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_systems.kit.wire import Request
from sandbox.core.ports import HttpReply, HttpRequest
from sandbox.worlds.virtual.world import VirtualWorld
from tests.sandbox.runs.one_order import Do


def asks(at: str, method: str, path: str | Callable[[], str], heard: list[HttpReply]) -> Do:
    """Somebody calls the core's own API; `heard` gets the reply. A path may be made when the time has come."""

    def call(world: VirtualWorld) -> None:
        core = world.core
        assert core is not None
        assert core.hub is not None
        receive = core.hub.receive

        async def request() -> None:
            heard.append(await receive(HttpRequest(method, path if isinstance(path, str) else path())))

        core.loop.begin(request())

    return at, call


class Post:
    """Keeps what the systems send to the core from now on, and sends it again: the same messages under the same ids."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, str, Request]] = []
        self.answers: list[int | None] = []

    def keep(self, world: VirtualWorld) -> None:
        """Begin to keep."""
        for system in world.systems.values():
            transport = system.webhooks.transport

            def send(url: str, request: Request, done: Any, transport: Any = transport) -> None:
                self.sent.append((transport, url, request))
                transport(url, request, done)

            system.webhooks.transport = send

    def again(self, at: str) -> Do:
        """Everything that was kept until then is sent once more."""

        def repeat(world: VirtualWorld) -> None:
            for transport, url, request in self.sent:
                transport(url, request, self.answers.append)

        return at, repeat
