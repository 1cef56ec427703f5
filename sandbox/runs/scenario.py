"""A scenario, understood: its file read, every name in it resolved, every mistake told with its line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic_core import PydanticCustomError

from mock_systems.kit.streams import Streams
from sandbox.core.design import Design, load_design_file
from sandbox.core.knobs import drawn_knobs
from sandbox.demand import Demand, HistoryDemand, SyntheticDemand, history_demand, synthetic_demand
from sandbox.demand.history_files import find_history
from sandbox.demand.importer import Importer
from sandbox.demand.mapping import read_mapping
from sandbox.errors import InputError
from sandbox.faults.checking import problems as fault_problems
from sandbox.faults.checking import too_early
from sandbox.faults.moments import DAY_US, format_moment
from sandbox.faults.plan import FaultPlan, plan_of
from sandbox.faults.written import FaultEntry
from sandbox.oracle.context import Deadlines
from sandbox.oracle.invariants import ALL
from sandbox.runs import library
from sandbox.runs.expectations import Expectation, ExpectationError, parse
from sandbox.runs.landscape import default_landscape
from sandbox.runs.promises import deadlines_of
from sandbox.runs.scenario_file import Fidelity, ScenarioFile, SystemsBlock, midnight_us
from sandbox.yaml_files import Problem, YamlFile, parse_yaml, read_yaml

INVARIANTS = {monitor.id: monitor.name for monitor in ALL}


@dataclass(frozen=True, slots=True)
class History:
    """An order history to replay: the files, and the rules for opening balances.

    The orders of the run's days are taken, from `start_us` for `span_us`; `config.from_` and `to` only set those.
    `whole`: the run's days are all that it has.
    """

    csv: Path
    mapping: Path
    config: HistoryDemand
    whole: bool = False
    _read: list[Importer] = field(default_factory=list, init=False, repr=False, compare=False)

    def extent(self) -> tuple[int, int]:
        """Its first midnight with an order, in microseconds, and the days from there to its last order. InputError."""
        reader = Importer(self.csv, read_mapping(self.mapping))
        reader.read()
        times = [draft.at_us for draft in reader.drafts if draft.lines]
        if not times:
            raise InputError("no line can be taken as an order", file=str(self.csv), remedy="check the mapping")
        self._read[:] = [reader]  # a long file is not read twice: the run takes it from here
        first_us = min(times) // DAY_US * DAY_US
        return first_us, max(times) // DAY_US - first_us // DAY_US + 1

    def demand(self, streams: Streams, start_us: int, until_us: int) -> Demand:
        """Its orders from `start_us` up to, not including, `until_us`, in microseconds. Raises InputError."""
        read = self._read.pop() if self._read else None
        return history_demand(self.csv, self.mapping, streams, start_us, until_us, self.config, read)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is to be run. `start_us` is a midnight, in microseconds since 1970 in UTC; demand lasts for `days`.

    All moments count from that midnight; the run may begin `from_us` later, and demand end at `to_us` (None: with the
    last day).
    """

    name: str
    title: str
    about: str
    seed: int
    start_us: int
    days: int
    fidelity: Fidelity
    demand: SyntheticDemand | History
    design: Design
    systems: SystemsBlock
    faults: tuple[FaultEntry, ...]
    warm_up_us: int
    knobs_drawn: bool
    settle_us: int
    deadlines: Deadlines
    expectations: tuple[Expectation, ...]
    from_us: int = 0
    to_us: int | None = None

    @property
    def begin_us(self) -> int:
        """When the run begins, in microseconds since 1970."""
        return self.start_us + self.from_us

    @property
    def span_us(self) -> int:
        """When demand ends, counted from the start; faults lie within it."""
        return self.days * DAY_US if self.to_us is None else self.to_us

    @property
    def demand_us(self) -> int:
        """How long there is demand."""
        return self.span_us - self.from_us

    def knobs(self, seed: int) -> dict[str, Any]:
        """The design's figures that are drawn from `seed`, by name; none where the design's own hold."""
        return drawn_knobs(Streams(seed)) if self.knobs_drawn else {}

    def base_demand(self, streams: Streams) -> Demand:
        """Orders and opening balances, before spikes, changes of mind and returns. Raises InputError."""
        source = self.demand
        if isinstance(source, History):
            return source.demand(streams, self.begin_us, self.start_us + self.span_us)
        between_us = (self.begin_us, self.start_us + self.span_us)
        return synthetic_demand(source, self.start_us, self.days, streams, between_us)

    def plan(self, seed: int) -> FaultPlan:
        """The faults; those that are to be drawn are drawn from `seed`."""
        quiet_us = max(self.warm_up_us, self.from_us)
        return plan_of(self.faults, self.span_us, default_landscape(), Streams(seed), quiet_us)


def load_scenario(path: Path, over: Mapping[str, Any] | None = None) -> Scenario:
    """The scenario in a file, with the blocks `over` laid over it, mappings key by key.

    Raises InputError for whatever in it, or in what it names, is wrong.
    """
    source = read_yaml(path)
    if over:
        source = parse_yaml(json.dumps(over, default=str), "what is laid over the scenario").over(source)
    file = source.validated(ScenarioFile)
    demand = _demand(file, source, path.parent)
    if isinstance(demand, History) and demand.whole:
        start_us, days = demand.extent()
    else:
        start_us, days = _time_of(file, source)
    source.refuse(_hours_problems(file, days))
    to_us = file.world.to
    source.refuse(_problems(file, days * DAY_US if to_us is None else to_us))
    return Scenario(
        name=path.stem,
        title=file.title,
        about=file.about,
        seed=file.seed,
        start_us=start_us,
        days=days,
        fidelity=file.world.fidelity,
        demand=demand,
        design=_design(file.design, source, path.parent),
        systems=file.systems,
        faults=file.faults,
        warm_up_us=file.phases.warm_up,
        knobs_drawn=file.knobs == "drawn",
        settle_us=file.phases.settle,
        deadlines=deadlines_of(file.promises),
        expectations=tuple(parse(text, INVARIANTS) for text in file.expect),
        from_us=file.world.from_ or 0,
        to_us=to_us,
    )


def _hours_problems(file: ScenarioFile, days: int) -> Iterator[Problem]:
    """What is wrong with the hours in which the run begins and demand ends."""
    from_us, to_us = file.world.from_ or 0, file.world.to
    end_us = days * DAY_US
    if to_us is not None and to_us > end_us:
        yield Problem(("world", "to"), f"lies after the last day, which ends at {format_moment(end_us)}", "add days")
    elif from_us >= (end_us if to_us is None else to_us):
        yield Problem(("world", "from"), "does not lie before the end of demand", "begin earlier, or end later")


def _problems(file: ScenarioFile, span_us: int) -> Iterator[Problem]:
    yield from fault_problems(file.faults, default_landscape(), span_us, ("faults",))
    warm_up_us = file.phases.warm_up
    if warm_up_us >= span_us:
        remedy = "make it shorter, or give world.days more"
        yield Problem(("phases", "warm_up"), "is as long as the demand: no time is left for faults", remedy)
    else:
        yield from too_early(file.faults, warm_up_us, ("faults",))
    for index, text in enumerate(file.expect):
        try:
            parse(text, INVARIANTS)
        except ExpectationError as error:
            yield Problem(("expect", index), error.message, error.remedy)


def _time_of(file: ScenarioFile, source: YamlFile) -> tuple[int, int]:
    """When demand starts, and for how many days. A history may tell both with `from` and `to`."""
    world, demand = file.world, file.demand
    start_us, days = world.start, world.days
    if isinstance(demand, HistoryDemand):
        from_us, to_us = _day(demand.from_, "from", source), _day(demand.to, "to", source)
        twice = [("from", "start")] if None not in (from_us, start_us) else []
        twice += [("to", "days")] if None not in (to_us, days) else []
        source.refuse(Problem(("demand", a), f"world.{b} tells it, too", "keep one of them") for a, b in twice)
        start_us = from_us if start_us is None else start_us
        if to_us is not None and start_us is not None:
            days = _days_between(start_us, to_us, source)
    missing = [name for name, value in (("start", start_us), ("days", days)) if value is None]
    remedy = "write world: {start: 2011-11-14, days: 1}"
    source.refuse(Problem(("world", name), "is missing", remedy) for name in missing)
    assert start_us is not None
    assert days is not None
    return start_us, days


def _day(moment: date | None, key: str, source: YamlFile) -> int | None:
    try:
        return None if moment is None else midnight_us(moment)
    except PydanticCustomError as error:
        problem = Problem(("demand", key), error.message(), (error.context or {}).get("remedy"))
        raise source.error(problem) from None


def _days_between(start_us: int, to_us: int, source: YamlFile) -> int:
    days = (to_us - start_us) // DAY_US
    if days < 1:
        source.refuse([Problem(("demand", "to"), "does not lie a day after the start", "move it, or world.start")])
    return days


def _demand(file: ScenarioFile, source: YamlFile, folder: Path) -> SyntheticDemand | History:
    demand = file.demand
    if not isinstance(demand, HistoryDemand):
        return demand
    found: dict[str, Path] = {}
    for key in ("history", "mapping"):
        try:
            found[key] = find_history(getattr(demand, key), folder)
        except InputError as error:
            raise source.error(Problem(("demand", key), error.message, error.remedy)) from None
    read_mapping(found["mapping"])
    told = (file.world.start, file.world.days, demand.from_, demand.to)
    return History(found["history"], found["mapping"], demand, whole=not any(part is not None for part in told))


def _design(name: str, source: YamlFile, folder: Path) -> Design:
    try:
        path = library.find_design(name, folder)
    except InputError as error:
        raise source.error(Problem(("design",), error.message, error.remedy)) from None
    return load_design_file(path)
