"""People at the operations desk who, some time after roll-back, have everything tried again that was surfaced."""

from __future__ import annotations

from sandbox.core.ports import HttpReply, HttpRequest
from sandbox.worlds.virtual.incarnation import Incarnation
from sandbox.worlds.virtual.world import VirtualWorld


class Replay:
    """Replays all open exceptions and all letters put aside, by the core's own API; `asked` counts them."""

    def __init__(self) -> None:
        self.asked = 0

    def plan(self, world: VirtualWorld, at_us: int) -> None:
        """Have it done at a time, in microseconds since 1970; nothing is done where no core lives then."""
        world.at(at_us, lambda: self._begin(world))

    def _begin(self, world: VirtualWorld) -> None:
        core = world.core
        if core is not None:
            core.loop.begin(self._replay_all(core))

    async def _replay_all(self, core: Incarnation) -> None:
        cursor: str | None = ""
        while cursor is not None:
            page = (await _ask(core, "GET", "/exceptions", {"cursor": cursor} if cursor else {})).body
            for row in page["items"]:
                if row["state"] == "open":
                    await self._again(core, f"/exceptions/{row['exception']}/replay")
            cursor = page["next_cursor"]
        for row in (await _ask(core, "GET", "/dead-letters", {})).body["items"]:
            await self._again(core, f"/dead-letters/{row['letter']}/replay")

    async def _again(self, core: Incarnation, path: str) -> None:
        self.asked += 1
        await _ask(core, "POST", path, {})


async def _ask(core: Incarnation, method: str, path: str, query: dict[str, str]) -> HttpReply:
    assert core.hub is not None, "a core that lives has its hub"
    return await core.hub.receive(HttpRequest(method, path, query, {}, None))
