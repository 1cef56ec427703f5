"""How a run goes live, as somebody asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from mock_systems.kit.live.wall_clock import SPEED_MOST
from sandbox.errors import InputError

if TYPE_CHECKING:
    from sandbox.runs.external_core import ExternalCore
    from sandbox.runs.live_foreign import Foreign

LIGHT: Final = "light"
FULL: Final = "full"
FLOOR_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """`speed` None: one at which it takes minutes; `port_base` None: any that is free.

    `stack`: "full" has a PostgreSQL and a NATS server for the core. `leave_out`: faults that can't be carried out are
    left out, instead of refused. No call of the core times out in less than `floor_s` of the wall. `foreign`: systems
    that are somebody else's; `external`: the core is. `core` names who makes it where it is not the reference one.
    """

    speed: float | None = None
    stack: str = LIGHT
    leave_out: bool = False
    port_base: int | None = None
    floor_s: float = FLOOR_S
    foreign: Mapping[str, Foreign] = field(default_factory=dict)
    external: ExternalCore | None = None
    core: str | None = None

    def __post_init__(self) -> None:
        """Raises InputError for a speed that is none."""
        if self.speed is not None:
            check_speed(self.speed)


def check_speed(speed: float) -> None:
    """Raises InputError where systems can't run so fast."""
    if not 0 < speed <= SPEED_MOST:
        raise InputError(f"{speed:g} is no speed", field="--speed", remedy=f"above 0, up to {SPEED_MOST:g}")
