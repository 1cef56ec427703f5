"""How a run goes live, as somebody asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LIGHT: Final = "light"
FULL: Final = "full"
FLOOR_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """`speed` None: one at which it takes minutes; `port_base` None: any that is free.

    `stack`: "full" has a PostgreSQL and a NATS server for the core. `leave_out`: faults that can't be carried out are
    left out, instead of refused. No call of the core times out in less than `floor_s` of the wall.
    """

    speed: float | None = None
    stack: str = LIGHT
    leave_out: bool = False
    port_base: int | None = None
    floor_s: float = FLOOR_S
