"""A fault plan: the atoms of one run under stable ids. Once drawn, it is data like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import count
from typing import Any

from mock_systems.kit.streams import Streams
from sandbox import durations
from sandbox.faults.atoms import (
    Atom,
    CallAtom,
    CrashAtom,
    DeletionAtom,
    PauseAtom,
    PlatformAtom,
    SpikeAtom,
    WebhookAtom,
    Window,
)
from sandbox.faults.drawing import draw
from sandbox.faults.landscape import Landscape
from sandbox.faults.moments import format_moment
from sandbox.faults.written import FaultEntry

# How the fields of an atom are spelt in a file, where kind and field alone do not say it.
_DELAY_KEY = {
    "webhook_doubled": "after", "webhook_reordered": "within", "bus_doubled": "after", "bus_reordered": "within",
}  # fmt: skip
_LENGTHS = {
    "retry_after_us": "retry_after",
    "down_for_us": "down_for",
    "for_us": "for",
    "standby_after_us": "standby_after",
}


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """The faults of a run, in the order in which they were written or drawn."""

    atoms: tuple[Atom, ...] = ()

    @property
    def heal_us(self) -> int:
        """When the last fault is over, in microseconds since the start of the run; 0 without faults."""
        return max((atom.ends_us for atom in self.atoms), default=0)

    def without(self, *ids: str) -> FaultPlan:
        """The plan less some atoms; the others keep their ids."""
        return FaultPlan(tuple(atom for atom in self.atoms if atom.id not in ids))

    def as_written(self) -> list[dict[str, Any]]:
        """The plan as YAML or JSON values that `plan_of` reads back, equal to the last field."""
        return [{"id": atom.id, atom.kind: _written(atom)} for atom in self.atoms]


def plan_of(
    entries: Sequence[FaultEntry], span_us: int, landscape: Landscape, streams: Streams, warm_up_us: int = 0
) -> FaultPlan:
    """The plan that checked entries mean; what is to be drawn is drawn now.

    `span_us`: how long there is demand; nothing strikes in the first `warm_up_us` of it. Entries without an id are
    named F1, F2, … in their order.
    """
    taken = {entry.id for entry in entries if entry.id is not None}
    free = (name for name in map("F{}".format, count(1)) if name not in taken)
    atoms: list[Atom] = []
    for place, entry in enumerate(entries):
        if entry.drawn is not None:
            spec = entry.drawn
            names = [next(free) for _ in range(spec.atoms)]
            drawn = draw(names, spec.kinds, landscape, span_us - warm_up_us, streams.of("faults", place))
            atoms += [_moved(atom, warm_up_us) for atom in drawn]
        elif entry.swizzle is not None:
            name = entry.id or next(free)
            swizzled = entry.swizzle.atoms(name, span_us, streams.of("swizzle", place))
            atoms += [_not_before(warm_up_us, atom) for atom in swizzled]
        elif entry.fault is not None:
            atoms.append(_not_before(warm_up_us, entry.fault.atom(entry.id or next(free), span_us)))
    return FaultPlan(tuple(atoms))


def _moved(atom: Atom, by_us: int) -> Atom:
    window = Window(atom.window.from_us + by_us, atom.window.until_us + by_us)
    if isinstance(atom, CrashAtom | PauseAtom | DeletionAtom) and atom.at_us is not None:
        return replace(atom, window=window, at_us=atom.at_us + by_us)
    return replace(atom, window=window)


def _not_before(from_us: int, atom: Atom) -> Atom:
    """Without a time of its own, a fault is on from the end of the warm-up."""
    return replace(atom, window=Window(max(from_us, atom.window.from_us), atom.window.until_us))


def _written(atom: Atom) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for field in fields(atom):
        name, value = field.name, getattr(atom, field.name)
        if name in ("id", "kind") or (value == field.default and name != "system"):
            continue
        body.update(_spelt(atom, name, value))
    return body


def _spelt(atom: Atom, name: str, value: Any) -> Mapping[str, Any]:
    match name, value:
        case "window", Window():
            if isinstance(atom, PauseAtom | DeletionAtom) or (isinstance(atom, CrashAtom) and atom.at_us is not None):
                return {}
            return {"from": format_moment(value.from_us), "to": format_moment(value.until_us)}
        case "edits", tuple():
            return {name: [edit.model_dump(mode="json", exclude_defaults=True) for edit in value]}
        case "at_us", int():
            return {"at": format_moment(value)}
        case "delay_us", int():
            return {_DELAY_KEY.get(atom.kind, "by"): durations.format(value)}
        case "offset_us", int():
            return {"ahead" if value > 0 else "behind": durations.format(abs(value))}
        case "drift_us", int():
            return {"gains" if value > 0 else "loses": durations.format(abs(value))}
        case _ if name in _LENGTHS:
            return {_LENGTHS[name]: durations.format(value)}
        case _:
            return {name: value}


__all__ = ["Atom", "CallAtom", "CrashAtom", "FaultPlan", "PlatformAtom", "SpikeAtom", "WebhookAtom", "plan_of"]
