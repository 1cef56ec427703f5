"""Processes that are killed while there is load, at moments that are planned beforehand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from mock_systems.kit.streams import Streams
from sandbox.errors import InputError, did_you_mean

DOWN_FOR_S: Final = 1.0
RESTART_S: Final = 4.0
"""What it takes a process to be at work again on a busy machine."""
# Not in the first moments, when nothing is under way, nor in the last.
_FROM, _UNTIL = 0.08, 0.92


class Kill(NamedTuple):
    """One kill: seconds after the load began, and which part."""

    at_s: float
    part: str


def planned_kills(wanted: Mapping[str, int], parts: tuple[str, ...], length_s: float, streams: Streams) -> list[Kill]:
    """So many kills of each part, spread over the load: one drawn in each of as many equal stretches. InputError."""
    kills = []
    for part, count in wanted.items():
        if part not in parts:
            raise InputError(f"there is no {part!r} to kill", field="--kill", remedy=did_you_mean(part, parts))
        draw = streams.of("kills", part)
        stretch = (_UNTIL - _FROM) * length_s / max(count, 1)
        kills += [Kill(_FROM * length_s + (number + draw.random()) * stretch, part) for number in range(count)]
    return sorted(kills)


async def carry_out(
    kills: list[Kill], began_s: float, kill: Callable[[str, float], str | None], told: Callable[[str], None]
) -> None:
    """Kill them at their times (`began_s` in seconds since 1970); `told` hears of each, and when it struck nobody.

    `kill` says which process it struck: of several workers of the core it is one.
    """
    for at_s, part in kills:
        await asyncio.sleep(max(began_s + at_s - time.time(), 0.0))
        struck = kill(part, DOWN_FOR_S)
        told(f"kill -9 of {struck}" if struck is not None else f"{part} was down already: no kill")
