"""Scenarios with less in them: fewer items and lines, no changes of mind, systems as they come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from mock_systems.kit.streams import Streams
from sandbox.demand import SyntheticDemand
from sandbox.errors import InputError
from sandbox.hunt.target import Target, loaded
from sandbox.runs.scenario import Scenario

_DEMAND_BLOCKS: Final = ("changes", "returns", "substitutes")
_ANY_SEED: Final = 0
_FEW: Final = (1, 2, 4, 8, 16)


def simplifications(scenario: Scenario) -> Iterator[list[dict[str, Any]]]:
    """Groups of blocks to be laid over a scenario, each group the simplest first."""
    demand = scenario.demand
    if scenario.knobs_drawn:
        yield [{"knobs": "designed"}]
    block = demand if isinstance(demand, SyntheticDemand) else demand.config
    for name in _DEMAND_BLOCKS:
        if getattr(block, name, None) is not None:
            yield [{"demand": {name: None}}]
    yield from _systems(scenario)
    if isinstance(demand, SyntheticDemand):
        if demand.lines > 1:
            yield [{"demand": {"lines": 1}}]
        yield [{"demand": {"skus": count}} for count in _FEW if count < demand.skus]
        yield [{"demand": {"customers": count}} for count in _FEW if count < demand.customers]


def simplified(target: Target, patch: Mapping[str, Any]) -> Target | None:
    """The target with a block laid over its scenario; None where such a scenario can't be."""
    simpler = replace(target, overrides=merged(target.overrides, patch))
    try:
        loaded(simpler).base_demand(Streams(_ANY_SEED))  # orders that it names may need what is gone
    except InputError:
        return None
    return simpler


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """One mapping laid over another, key by key."""
    laid = dict(below)
    for key, value in above.items():
        under = laid.get(key)
        laid[key] = merged(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return laid


def _systems(scenario: Scenario) -> Iterator[list[dict[str, Any]]]:
    """Each setting of a system that the scenario makes, as the mock system has it."""
    for system, block in scenario.systems:
        for name, field in type(block).model_fields.items():
            default = field.get_default(call_default_factory=True)
            if getattr(block, name) != default and (default is None or isinstance(default, bool | int | float)):
                yield [{"systems": {system: {name: default}}}]
