"""The commerce channel: a shop with its own orders, prices, published stock and payments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

import simpy
from pydantic import BaseModel

from mock_systems.commerce.books import Books
from mock_systems.commerce.change_wire import ChangeRequest
from mock_systems.commerce.problems import PROBLEMS
from mock_systems.commerce.return_wire import Refund, Return
from mock_systems.commerce.routes import commerce_routes
from mock_systems.commerce.senders import ReturnConfig, Senders
from mock_systems.commerce.wire import Order
from mock_systems.kit.door import Door, DoorConfig
from mock_systems.kit.opening import Opening
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.kit.webhooks import Webhooks

# A shop's platform is built for crowds: no slots, and quick.
COMMERCE_DOOR: Final = DoorConfig(service_ms=40)


class Commerce(MockSystem):
    """The shop: system of record for what was ordered and for card payments."""

    books: Books
    problems = PROBLEMS
    topics: ClassVar[Mapping[str, type[BaseModel]]] = {
        "order.created": Order,
        "order.cancelled": Order,
        "order.cancellation_requested": ChangeRequest,
        "order.edit_requested": ChangeRequest,
        "return.requested": Return,
        "payment.refunded": Refund,
    }

    def __init__(self, books: Books, streams: Streams, door: DoorConfig, returns: ReturnConfig) -> None:
        super().__init__(
            "commerce",
            commerce_routes(books),
            books,
            streams=streams,
            door=Door(door, streams),
            webhooks=Webhooks("commerce", streams),
        )
        self.senders = Senders(self, returns)
        books.returns.sends = self.senders.send

    def start(self, env: simpy.Environment) -> None:
        """Join the clock, and write the catalogue and the first published stock into the ledger."""
        super().start(env)
        self.act(self.books.open, int(env.now))


def build_commerce(
    opening: Opening, streams: Streams, door: DoorConfig | None = None, *, returns: ReturnConfig | None = None
) -> Commerce:
    """A shop that lists the opening's items and publishes their stock over all sites, as version 0."""
    returns = returns or ReturnConfig()
    return Commerce(Books(opening, returns.within_us), streams, door or COMMERCE_DOOR, returns)
