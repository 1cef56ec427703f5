"""A deprecated operation says so: in its document, and in the headers of each reply."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import simpy

from mock_systems.kit.deprecation import Deprecated
from mock_systems.kit.door import Door, DoorConfig
from mock_systems.kit.face import asgi_app
from mock_systems.kit.routes import Route, RouteTable
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.kit.turn import Turn
from mock_systems.kit.webhooks import Webhooks
from mock_systems.kit.wire import Reply, Request

KEPT: Reply = Reply(200, {"old": True}, {"x-one": "1"})


def give_old(books: Any, turn: Turn) -> Reply:
    return KEPT


def old_system() -> MockSystem:
    deprecated = Deprecated(date(2026, 3, 1), date(2027, 1, 31))
    route = Route("getOld", "GET", "/old", give_old, "An old thing", {200: None}, deprecated=deprecated)
    streams = Streams(0)
    system = MockSystem(
        "old", RouteTable((route,)), None, streams=streams, door=Door(DoorConfig(), streams),
        webhooks=Webhooks("old", streams),
    )  # fmt: skip
    system.start(simpy.Environment())
    return system


def test_each_reply_says_since_when_and_until_when() -> None:
    answer = old_system().receive(Request("GET", "/old", {}, {"authorization": "Bearer core-old"}), 0)
    assert answer.reply is not None
    assert answer.reply.headers == {
        "x-one": "1",
        "deprecation": "@1772323200",
        "sunset": "Sun, 31 Jan 2027 00:00:00 GMT",
    }
    assert KEPT.headers == {"x-one": "1"}


def test_the_document_says_so_too() -> None:
    operation = asgi_app(old_system()).openapi()["paths"]["/old"]["get"]
    assert operation["deprecated"] is True
    assert set(operation["responses"]["200"]["headers"]) == {"Deprecation", "Sunset"}


def test_nothing_goes_before_it_is_deprecated() -> None:
    with pytest.raises(ValueError, match="lies before"):
        Deprecated(date(2026, 3, 1), date(2026, 2, 1))
