"""A scenario on one's own order history, or on other days: what the command line changes in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pydantic_core import PydanticCustomError

from sandbox.core.design import Design, load_design_file
from sandbox.demand import HistoryDemand
from sandbox.demand.history_files import find_history
from sandbox.demand.mapping import read_mapping
from sandbox.errors import InputError
from sandbox.faults.checking import problems
from sandbox.faults.moments import DAY_US
from sandbox.runs import library
from sandbox.runs.landscape import default_landscape
from sandbox.runs.scenario import History, Scenario
from sandbox.runs.scenario_file import midnight_us
from sandbox.yaml_files import key_path


@dataclass(frozen=True, slots=True)
class Changes:
    """What was asked for: an order history with its mapping, days, a design; None leaves the scenario as it is."""

    orders: str | None = None
    mapping: str | None = None
    from_: str | None = None
    to: str | None = None
    design: str | None = None


def changed(scenario: Scenario, changes: Changes) -> Scenario:
    """The scenario with these changes. Raises InputError where they do not fit each other or its faults.

    A history starts on its first day unless `from_` says otherwise, and lasts as many days as the scenario does unless
    `to` says otherwise, so that the scenario's faults meet it; a scenario that replays a whole history replays all of
    this one, and reads it by its own mapping if none is given. Of the expectations only those stay that can be asked of
    any demand. With nothing but another design, all else stays as it is.
    """
    if changes.design is not None:
        scenario = replace(scenario, design=_design(changes.design))
        if changes == Changes(design=changes.design):
            return scenario
    demand = _history(scenario, changes)
    start_us, until_us = _day(changes.from_, "--from"), _day(changes.to, "--to")
    first_us, days = (scenario.start_us, scenario.days) if demand is None else demand.extent()
    if demand is not None and not demand.whole:
        days = scenario.days
    elif start_us is not None:
        days -= (start_us - first_us) // DAY_US
    start_us = first_us if start_us is None else start_us
    if until_us is not None:
        days = (until_us - start_us) // DAY_US
    if days < 1:
        raise InputError("does not lie a day after the first day", field="--to", remedy="give a later day")
    if demand is not None:
        scenario = replace(scenario, demand=demand)
    held = tuple(expectation for expectation in scenario.expectations if expectation.of_any_demand)
    scenario = replace(scenario, start_us=start_us, days=days, expectations=held)
    _check_faults(scenario)
    return scenario


def _design(name: str) -> Design:
    try:
        path = library.find_design(name)
    except InputError as error:
        raise InputError(error.message, field="--design", remedy=error.remedy) from None
    return load_design_file(path)


def _history(scenario: Scenario, changes: Changes) -> History | None:
    """The history that is asked for; None: the scenario's own demand."""
    if changes.orders is None:
        if changes.mapping is not None:
            raise InputError("comes without an order history", field="--mapping", remedy="add --orders FILE.csv")
        return None
    csv = Path(changes.orders)
    if not csv.is_file():
        raise InputError("there is no such file", file=changes.orders, field="--orders", remedy="give a CSV file")
    own = scenario.demand if isinstance(scenario.demand, History) else None
    if changes.mapping is None and own is not None and own.whole:
        return replace(own, csv=csv)
    if changes.mapping is None:
        remedy = "add --mapping FILE.yaml, which tells what the columns mean (docs/bring-your-own-history.md)"
        raise InputError("comes without a column mapping", field="--orders", remedy=remedy)
    try:
        mapping = find_history(changes.mapping, Path())
    except InputError as error:
        raise InputError(error.message, field="--mapping", remedy=error.remedy) from None
    read_mapping(mapping)
    config = HistoryDemand(history=str(csv), mapping=str(mapping))
    if own is not None:
        config = config.model_copy(update={"opening": own.config.opening})
    replaced = scenario.demand.config if isinstance(scenario.demand, History) else scenario.demand
    config = config.model_copy(update={"changes": replaced.changes})
    return History(csv, mapping, config, whole=own is not None and own.whole)


def _day(text: str | None, option: str) -> int | None:
    try:
        return None if text is None else midnight_us(text)
    except PydanticCustomError as error:
        raise InputError(error.message(), field=option, remedy=(error.context or {}).get("remedy")) from None


def _check_faults(scenario: Scenario) -> None:
    if scenario.warm_up_us >= scenario.span_us:
        raise InputError(
            "is as long as the days that were asked for", field="phases.warm_up", remedy="ask for more days"
        )
    found = problems(scenario.faults, default_landscape(), scenario.span_us, ("faults",))
    if found:
        told = f"{found[0].message} (with the days that were asked for)"
        raise InputError(told, field=key_path(found[0].where), remedy="ask for more days with --to")
