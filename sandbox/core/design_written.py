"""A design as a file has it: what `load_design` reads back, equal to the last field, for a core in another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from sandbox import durations
from sandbox.core.design import Design
from sandbox.core.flows import CheckFlow, NewsFlow, StockFlow, WorkFlow
from sandbox.core.policies.backoff import Backoff
from sandbox.core.policies.breaker import BreakerPolicy
from sandbox.core.policies.cadence import After, Cadence, Daily, Every
from sandbox.core.policies.call_policy import CallPolicy
from sandbox.core.policies.retry_budget import BudgetPolicy

_MINUTE_US: Final = 60_000_000
_PARTS: Final = ("intake", "safety", "inventory", "workers", "shortages", "returns", "master_data", "exceptions")
_SHARES: Final = ("approve_price_change_above", "share")


def written_design(design: Design) -> dict[str, Any]:
    """The design as YAML or JSON values. Raises ValueError for one that no file could have made."""
    flows = {part.name: _flow(part.name, getattr(design.flows, part.name)) for part in fields(design.flows)}
    parts = {name: _values(getattr(design, name)) for name in _PARTS}
    calls = {system: _policy(system, policy) for system, policy in design.calls.items()}
    return {"name": design.name, "about": design.about, "flows": flows, "calls": calls, **parts}


def _values(part: Any) -> dict[str, Any]:
    """Each field under the name that it has in a file."""
    return {field.name.removesuffix("_us"): _value(field.name, getattr(part, field.name)) for field in fields(part)}


def _value(name: str, value: Any) -> Any:
    if name.endswith("_us"):
        return "never" if value is None else durations.format(value)
    if name in _SHARES:
        return f"{value * 100:.12g}%"
    return list(value) if isinstance(value, tuple) else value


def _policy(system: str, policy: CallPolicy) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for field in fields(policy):
        value = getattr(policy, field.name)
        if isinstance(value, Backoff | BreakerPolicy | BudgetPolicy):
            written[field.name] = _values(value)
        elif value is not None:
            written[field.name.removesuffix("_us")] = _value(field.name, value)
        elif field.name != "per_minute":
            raise ValueError(f"calls.{system}: no file says that there is no {field.name}; safety switches it off")
    return written


def _flow(name: str, flow: NewsFlow | WorkFlow | CheckFlow | StockFlow) -> Mapping[str, Any]:
    if isinstance(flow, CheckFlow):
        if flow.refresh is not None:
            return {"batch": _runs(name, flow.refresh)}
        return {"api": {"cache": durations.format(flow.cache_us), "cached": flow.cached}}
    if isinstance(flow, StockFlow):
        if flow.pattern == "batch":
            return {"batch": _runs(name, flow.when)}
        settings = {"reconcile_every": _delay(name, flow.reconcile)}
        return {
            flow.pattern: settings if flow.pattern == "api" else {"publish_after": _delay(name, flow.when), **settings}
        }
    if isinstance(flow, WorkFlow):
        return {flow.pattern: _runs(name, flow.when) if flow.pattern == "batch" else {}}
    return {flow.pattern: _news(name, flow)}


def _news(name: str, flow: NewsFlow) -> dict[str, Any]:
    if not flow.listens:
        assert flow.ask is not None
        return _runs(name, flow.ask)
    if flow.ask_again is not None:
        assert flow.ask is not None
        return {"look_after": _delay(name, flow.ask), "look_every": _delay(name, flow.ask_again)}
    return {"poll_every": "never" if flow.ask is None else _delay(name, flow.ask)}


def _runs(name: str, cadence: Cadence) -> dict[str, Any]:
    if isinstance(cadence, Daily):
        hours, minutes = divmod(cadence.at_us // _MINUTE_US, 60)
        return {"at": f"{hours:02}:{minutes:02}", "zone": cadence.zone}
    if isinstance(cadence, Every):
        return {"every": durations.format(cadence.period_us)}
    raise ValueError(f"flows.{name}: {cadence} are no runs of a batch")


def _delay(name: str, cadence: Cadence) -> str:
    if isinstance(cadence, After):
        return durations.format(cadence.delay_us)
    raise ValueError(f"flows.{name}: {cadence} is no delay")
