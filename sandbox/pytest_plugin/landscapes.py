"""Landscapes of real processes for tests: started, begun anew between tests where that is possible, always stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Final

from sandbox.core.design import Design
from sandbox.errors import InputError, did_you_mean
from sandbox.faults.moments import DAY_US
from sandbox.pytest_plugin.background import Background
from sandbox.pytest_plugin.files import design_file, scenario_file
from sandbox.pytest_plugin.landscape import Landscape
from sandbox.pytest_plugin.life import Life
from sandbox.pytest_plugin.options import Places
from sandbox.pytest_plugin.used import told
from sandbox.runs.live_landscape import LiveRequest, planned
from sandbox.runs.live_ports import free_base
from sandbox.runs.live_settings import LIGHT
from sandbox.runs.scenario import Scenario, load_scenario
from sandbox.system_names import SYSTEM_NAMES

_BEGINS_AT_US: Final = 9 * DAY_US // 24  # when people are at work


@dataclass(frozen=True, slots=True)
class Asked:
    """Which landscape somebody asked for, as `Landscapes` is called."""

    scenario: str | Path
    systems: tuple[str, ...] | None
    design: str | Path | None
    seed: int | None
    speed: float
    stack: str
    webhooks_to: str | None
    beside: Path | None


class Landscapes:
    """Starts landscapes on free ports. One without a core is kept up after its test, and begun anew for the next."""

    def __init__(self, places: Places, speed: float) -> None:
        self._places, self._speed = places, speed
        self._numbers = count(1)
        self._kept: _Kept | None = None
        self._loop: Background | None = None

    @contextmanager
    def __call__(
        self,
        *,
        scenario: str | Path = "normal_day",
        systems: tuple[str, ...] | None = None,
        design: str | Path | None = None,
        seed: int | None = None,
        speed: float | None = None,
        stack: str = LIGHT,
        webhooks_to: str | None = None,
        beside: Path | None = None,
    ) -> Iterator[Landscape]:
        """A landscape for the length of a block: with `systems` these alone, all for `()`, and without our core.

        `scenario` has balances, settings and the core's design; its demand and faults are left out. Clocks begin at
        nine on its first day and run `speed` times as fast as life. Webhooks go to `webhooks_to`, or to our core.
        """
        asked = Asked(scenario, systems, design, seed, speed or self._speed, stack, webhooks_to, beside)
        with ExitStack() as keeping:
            yield self._started(asked, keeping)

    @contextmanager
    def for_test(
        self,
        *,
        scenario: str | Path = "normal_day",
        systems: tuple[str, ...] | None = None,
        design: str | Path | None = None,
        seed: int | None = None,
        webhooks_to: str | None = None,
        beside: Path | None = None,
    ) -> Iterator[Landscape]:
        """The same at the usual speed; systems that are up already for a test before are begun anew."""
        asked = Asked(scenario, systems, design, seed, self._speed, LIGHT, webhooks_to, beside)
        if systems is None:
            self._drop()
            with ExitStack() as keeping:
                yield self._started(asked, keeping)
            return
        if self._kept is None or not self._kept.serves(asked):
            self._drop()
            keeping = ExitStack()
            self._kept = _Kept(asked, self._started(asked, keeping), keeping)
        else:
            self._kept.landscape.begin_anew()
        yield self._kept.landscape

    def close(self) -> None:
        """Stop all that is up."""
        self._drop()
        if self._loop is not None:
            self._loop.close()
            self._loop = None

    def _drop(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.keeping.close()

    def _started(self, asked: Asked, keeping: ExitStack) -> Landscape:
        """Start it; it is up until `keeping` is closed. What can't be had fails the test."""
        __tracebackhide__ = True
        if self._loop is None:
            self._loop = Background()
        loop = self._loop
        with told(), ExitStack() as coming:
            scenario = load_scenario(scenario_file(asked.scenario, self._places, asked.beside))
            request = self._request(asked, scenario)
            plan = planned(replace(request, port_base=coming.enter_context(free_base())), {})
            life = Life(plan)
            coming.callback(lambda: loop.run(life.end()))
            loop.run(life.begin())
            keeping.push(coming.pop_all())
        landscape = Landscape(life, scenario, loop)
        if landscape.core is None:
            landscape.begin_anew()
        return landscape

    def _request(self, asked: Asked, scenario: Scenario) -> LiveRequest:
        for name in asked.systems or ():
            if name not in SYSTEM_NAMES:
                raise InputError(f"there is no system {name!r}", remedy=did_you_mean(name, SYSTEM_NAMES))
        design: Design | Path | None = None
        if asked.systems is None:
            design = scenario.design
            if asked.design is not None:
                design = design_file(asked.design, self._places, asked.beside)
        return LiveRequest(
            scenario=scenario,
            seed=scenario.seed if asked.seed is None else asked.seed,
            folder=self._places.out / f"landscape-{next(self._numbers)}",
            only=asked.systems or (),
            speed=asked.speed,
            start_us=scenario.start_us + _BEGINS_AT_US,
            webhooks_to=None if asked.webhooks_to is None else asked.webhooks_to.rstrip("/"),
            design=design,
            stack=asked.stack,
        )


@dataclass(frozen=True, slots=True)
class _Kept:
    """One that is up, and what is closed when it is to go."""

    asked: Asked
    landscape: Landscape
    keeping: ExitStack

    def serves(self, asked: Asked) -> bool:
        return self.asked == asked and self.landscape.is_up
