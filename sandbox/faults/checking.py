"""What types cannot say about written faults: names that exist in the landscape, windows that lie in the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sandbox.errors import did_you_mean
from sandbox.faults.atoms import CONFLICTS_MOST, KINDS
from sandbox.faults.landscape import Landscape, Surface
from sandbox.faults.moments import format_moment
from sandbox.faults.swizzle import Swizzle
from sandbox.faults.written import (
    AtomText,
    ContractChanged,
    CoreClock,
    CoreCrash,
    CorePause,
    Drawn,
    FaultEntry,
    Outage,
    Slow,
    Timed,
    WebhookLost,
    WebhooksDeleted,
)
from sandbox.faults.written_platform import StoreConflicts
from sandbox.yaml_files import Problem
from sandbox.yaml_words import Where


def problems(entries: Sequence[FaultEntry], landscape: Landscape, span_us: int, where: Where = ()) -> list[Problem]:
    """Everything wrong with `entries`, which stand at the key path `where`; `span_us`: how long there is demand."""
    found: list[Problem] = []
    ids: set[str] = set()
    for index, entry in enumerate(entries):
        here = (*where, index)
        found += _of_entry(entry, landscape, span_us, here)
        if entry.id is not None and entry.id in ids:
            found.append(Problem((*here, "id"), f"{entry.id!r} names an earlier fault, too", "give each its own id"))
        if entry.id is not None:
            ids.add(entry.id)
    return found


def too_early(entries: Sequence[FaultEntry], warm_up_us: int, where: Where = ()) -> Iterator[Problem]:
    """The faults that are to begin before the warm-up is over; those without a time of their own begin after it."""
    for index, entry in enumerate(entries):
        for key, name in (("at", "at"), ("from", "from_")):
            begins_us = getattr(entry.swizzle or entry.fault, name, None)
            if begins_us is not None and begins_us < warm_up_us:
                told = f"{format_moment(begins_us)} lies in the warm-up, which ends at {format_moment(warm_up_us)}"
                yield Problem((*where, index, *entry.kinds, key), told, "begin it later, or shorten phases.warm_up")


def _of_entry(entry: FaultEntry, landscape: Landscape, span_us: int, where: Where) -> Iterator[Problem]:
    kinds = entry.kinds
    if len(kinds) != 1:
        told = f"one entry has {len(kinds)} kinds: {', '.join(kinds)}" if kinds else "an entry without a kind"
        yield Problem(where, told, "begin one entry ('- ') for each fault" if kinds else f"known: {', '.join(KINDS)}")
        return
    here = (*where, kinds[0])
    if entry.drawn is not None:
        yield from _of_drawn(entry.drawn, here)
    elif entry.swizzle is not None:
        yield from _of_swizzle(entry.swizzle, landscape, span_us, here)
    elif entry.fault is None:
        yield Problem(here, "says nothing more", f"write its keys: {kinds[0]}: {{…}}")
    else:
        yield from _of_fault(entry.fault, landscape, span_us, here)


def _of_drawn(drawn: Drawn, where: Where) -> Iterator[Problem]:
    for index, kind in enumerate(drawn.kinds):
        if kind not in KINDS:
            yield Problem((*where, "kinds", index), f"unknown kind {kind!r}", did_you_mean(kind, KINDS))


def _of_fault(fault: AtomText, landscape: Landscape, span_us: int, where: Where) -> Iterator[Problem]:
    if isinstance(fault, CoreCrash):
        yield from _of_crash(fault, span_us, where)
    elif isinstance(fault, CorePause | WebhooksDeleted):
        if fault.at >= span_us:
            yield _too_late("at", fault.at, span_us, where)
    else:
        yield from _of_time(fault, span_us, where)
    if isinstance(fault, Slow) and fault.by is None and fault.factor == 1:
        yield Problem(where, "does not say how slow", "add by: 2s, or factor: 5")
    if isinstance(fault, CoreClock):
        yield from _of_clock(fault, where)
    if isinstance(fault, StoreConflicts) and fault.occurrence is None and (fault.share or 1.0) > CONFLICTS_MOST:
        yield Problem((*where, "share"), "no transaction would come through", "write share: 50% or less, or an outage")
    share, occurrence = getattr(fault, "share", None), getattr(fault, "occurrence", None)
    if share is not None and occurrence is not None:
        yield Problem((*where, "share"), "excludes occurrence", "keep one of them")
    yield from _of_target(fault, landscape, where)


def _of_crash(crash: CoreCrash, span_us: int, where: Where) -> Iterator[Problem]:
    if sum(given is not None for given in (crash.at, crash.operation, crash.commit)) != 1:
        remedy = "write at: 11:30, or system, operation and occurrence, or commit and occurrence"
        yield Problem(where, "needs either a moment, a call or a commit", remedy)
    if crash.at is not None and crash.at >= span_us:
        yield _too_late("at", crash.at, span_us, where)
    if (crash.from_ or 0) >= (span_us if crash.to is None else crash.to):
        yield Problem((*where, "from"), "does not lie before the end of its window", "begin earlier, or end later")
    if crash.operation is not None and crash.system is None:
        yield Problem((*where, "operation"), "needs its system", "add system: …")


def _of_swizzle(swizzle: Swizzle, landscape: Landscape, span_us: int, where: Where) -> Iterator[Problem]:
    yield from _of_time(swizzle, span_us, where)
    for index, system in enumerate(swizzle.systems):
        if system not in landscape:
            remedy = did_you_mean(system, landscape)
            yield Problem((*where, "systems", index), f"no system {system!r} in this run", remedy)
        elif system in swizzle.systems[:index]:
            yield Problem((*where, "systems", index), f"{system} is named twice", "name each system once")


def _of_clock(clock: CoreClock, where: Where) -> Iterator[Problem]:
    for one, other in (("ahead", "behind"), ("gains", "loses")):
        if getattr(clock, one) is not None and getattr(clock, other) is not None:
            yield Problem((*where, one), f"excludes {other}", "keep one of them")
    if (clock.ahead, clock.behind, clock.gains, clock.loses) == (None, None, None, None):
        yield Problem(where, "does not say how wrong the clock is", "add ahead: 5m, behind, gains or loses")


def _of_time(fault: Timed, span_us: int, where: Where) -> Iterator[Problem]:
    pairs = (("at", fault.at, "for", fault.for_), ("from", fault.from_, "to", fault.to))
    for first, begins, second, ends in pairs:
        if (begins is None) != (ends is None):
            has, lacks = (first, second) if ends is None else (second, first)
            yield Problem((*where, has), f"comes without {lacks!r}", "write at and for, or from and to")
            return
    given = [first for first, begins, _, _ in pairs if begins is not None]
    if len(given) == 2:
        yield Problem((*where, "from"), "excludes at and for", "write at and for, or from and to")
    elif given:
        yield from _of_window(fault, given[0], span_us, where)
    elif fault.window_required:
        yield Problem(where, "does not say when", "write at and for (at: 10:00, for: 2h), or from and to")


def _of_window(fault: Timed, begins: str, span_us: int, where: Where) -> Iterator[Problem]:
    window = fault.window(span_us)
    ends = "for" if begins == "at" else "to"
    if window.until_us <= window.from_us:
        yield Problem((*where, ends), f"{format_moment(window.until_us)} does not lie after {begins}", "swap them")
    elif window.from_us >= span_us:
        yield _too_late(begins, window.from_us, span_us, where)
    elif window.until_us > span_us:
        yield _too_late(ends, window.until_us, span_us, where)


def _too_late(key: str, moment_us: int, span_us: int, where: Where) -> Problem:
    end = format_moment(span_us)
    told = f"{format_moment(moment_us)} lies outside of the run: demand and faults end at {end}"
    return Problem((*where, key), told, "move it, or give world.days more")


def _of_target(fault: AtomText, landscape: Landscape, where: Where) -> Iterator[Problem]:
    system = getattr(fault, "system", None)
    if system is None:
        return
    if system not in landscape:
        yield Problem((*where, "system"), f"no system {system!r} in this run", did_you_mean(system, landscape))
        return
    surface = landscape[system]
    if isinstance(fault, WebhooksDeleted):
        yield from _of_name("topic", None, system, surface.topics, where)
    elif isinstance(fault, WebhookLost):
        yield from _of_name("topic", fault.topic, system, surface.topics, where)
    elif isinstance(fault, ContractChanged):
        yield from _of_contract(fault, surface, where)
    elif not isinstance(fault, Outage):
        yield from _of_name("operation", getattr(fault, "operation", None), system, surface.operations, where)


def _of_contract(fault: ContractChanged, surface: Surface, where: Where) -> Iterator[Problem]:
    """Edits of operations or topics that the system does not have, or that lack what they need."""
    for index, edit in enumerate(fault.edits):
        here = (*where, "edits", index)
        names = surface.topics if edit.side == "webhook" else surface.calls
        if edit.operation != "*" and edit.operation not in names:
            remedy = did_you_mean(edit.operation, names)
            yield Problem((*here, "operation"), f"{fault.system} has no {edit.operation!r}", remedy)
        for message, remedy in edit.mistakes():
            yield Problem(here, message, remedy)


def _of_name(what: str, name: str | None, system: str, known: Iterable[str], where: Where) -> Iterator[Problem]:
    names = tuple(known)
    if not names:
        yield Problem((*where, "system"), f"{system} sends no webhooks", "choose another system")
    elif name is not None and name not in names:
        yield Problem((*where, what), f"{system} has no {what} {name!r}", did_you_mean(name, names))
