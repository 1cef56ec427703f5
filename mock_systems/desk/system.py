"""The operations desk: tickets where an integration surfaces what it cannot solve by itself."""

from __future__ import annotations

from typing import Final

from mock_systems.desk.books import Books
from mock_systems.desk.routes import desk_routes
from mock_systems.kit.door import Door, DoorConfig
from mock_systems.kit.opening import Opening
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.kit.webhooks import Webhooks

DESK_DOOR: Final = DoorConfig(service_ms=30)


class Desk(MockSystem):
    """The desk: whoever reads its tickets learns what waits for a person."""

    books: Books


def build_desk(opening: Opening, streams: Streams, door: DoorConfig | None = None) -> Desk:
    """An empty desk: the opening balances hold nothing for it."""
    books = Books()
    return Desk(
        "desk",
        desk_routes(books),
        books,
        streams=streams,
        door=Door(door or DESK_DOOR, streams),
        webhooks=Webhooks("desk", streams),
    )
