"""The operations desk: tickets where an integration surfaces what it cannot solve by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

import simpy
from pydantic import BaseModel

from mock_systems.desk.books import Books
from mock_systems.desk.clerks import Clerks, ClerksConfig
from mock_systems.desk.problems import PROBLEMS
from mock_systems.desk.routes import desk_routes
from mock_systems.desk.wire import ExceptionTicket
from mock_systems.kit.door import Door, DoorConfig
from mock_systems.kit.opening import Opening
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.kit.webhooks import Webhooks

DESK_DOOR: Final = DoorConfig(service_ms=30)


class Desk(MockSystem):
    """The desk: whoever reads its tickets learns what waits for a person, and clerks decide what asks for it."""

    problems = PROBLEMS
    topics: ClassVar[Mapping[str, type[BaseModel]]] = {"exception.decided": ExceptionTicket}
    books: Books
    clerks: Clerks

    def start(self, env: simpy.Environment) -> None:
        """Join the clock and open the office."""
        super().start(env)
        self.clerks.start(env)


def build_desk(
    opening: Opening, streams: Streams, door: DoorConfig | None = None, *, clerks: ClerksConfig | None = None
) -> Desk:
    """An empty desk: the opening balances hold nothing for it."""
    books = Books()
    desk = Desk(
        "desk",
        desk_routes(books),
        books,
        streams=streams,
        door=Door(door or DESK_DOOR, streams),
        webhooks=Webhooks("desk", streams),
    )
    desk.clerks = Clerks(desk, clerks or ClerksConfig())
    return desk
