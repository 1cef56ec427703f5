"""Kills that are planned beforehand."""

from __future__ import annotations

import asyncio
import time

import pytest

from mock_systems.kit.streams import Streams
from sandbox.errors import InputError
from sandbox.load.kills import DOWN_FOR_S, Kill, carry_out, planned_kills

PARTS = ("postgres", "nats", "erp", "core")


def test_kills_are_spread_over_the_load() -> None:
    kills = planned_kills({"core": 10, "nats": 1}, PARTS, 100, Streams(3))
    cores = [kill.at_s for kill in kills if kill.part == "core"]
    assert kills == sorted(kills) == planned_kills({"core": 10, "nats": 1}, PARTS, 100, Streams(3))
    assert [int((at_s - 8) / 8.4) for at_s in cores] == list(range(10))
    assert [kill.part for kill in kills].count("nats") == 1
    assert [kill.at_s for kill in planned_kills({"core": 10}, PARTS, 100, Streams(3))] == cores


def test_who_is_not_there_cannot_be_killed() -> None:
    with pytest.raises(InputError, match="there is no 'postgress' to kill; did you mean 'postgres'"):
        planned_kills({"postgress": 1}, PARTS, 100, Streams(3))


def test_each_strikes_at_its_time() -> None:
    struck: list[tuple[str, float]] = []
    told: list[str] = []

    def kill(part: str, down_for_s: float) -> str | None:
        struck.append((part, time.time()))
        assert down_for_s == DOWN_FOR_S
        return None if part == "erp" else "core-2"

    began_s = time.time()
    kills = [Kill(0.05, "core"), Kill(0.2, "erp")]
    asyncio.run(carry_out(kills, began_s, kill, told.append))
    assert [part for part, _ in struck] == ["core", "erp"]
    assert all(at_s >= began_s + kill.at_s for (_, at_s), kill in zip(struck, kills, strict=True))
    assert told == ["kill -9 of core-2", "erp was down already: no kill"]
