"""What the admin APIs of a system and of a proxy have in common: the pages of books that grow, and the clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import FastAPI, Query
from fastapi.responses import Response

from mock_systems.kit.face import to_bytes
from mock_systems.kit.live import admin_wire as wire
from mock_systems.kit.live.newest import Numbered
from mock_systems.kit.live.wall_clock import Anchor, WallClock
from mock_systems.kit.wire import Reply

After = Annotated[int, Query(ge=0)]
Limit = Annotated[int, Query(ge=1, le=10_000)]
SetClock = Callable[[Anchor], None]


def book_page(items: Sequence[Numbered], after: int, **told: Any) -> Response:
    """A page of a book's entries after number `after`, with what else is `told` of the book.

    Books are read all the time while a run is judged, so a page goes out without a second look at each row.
    """
    page = {**told, "items": [one._asdict() for one in items], "last": items[-1].seq if items else after}
    return to_bytes(Reply(200, page))


def add_clock(app: FastAPI, clock: WallClock, set_clock: SetClock) -> None:
    """Show the clock, and let it be set by `set_clock`, which may raise ClockError."""

    def shown() -> wire.ShownClock:
        anchor = clock.anchor
        now = wire.ClockAnchor(wall_us=anchor.wall_us, now_us=anchor.now_us, speed=anchor.speed)
        return wire.ShownClock(now_us=clock.now_us(), anchor=now)

    @app.get("/clock", summary="What the system's clock shows")
    async def show_clock() -> wire.ShownClock:
        return shown()

    @app.put("/clock", summary="Go faster or slower, or jump ahead; never back")
    async def put_clock(body: wire.ClockAnchor) -> wire.ShownClock:
        set_clock(Anchor(body.wall_us, body.now_us, body.speed))
        return shown()
