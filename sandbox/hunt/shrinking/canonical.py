"""Canonical forms of one fault: what a person would have written, if that is enough to fail.

Each step yields candidates, the simplest first, up to what there is already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from sandbox.faults.atoms import Atom, CallAtom, CrashAtom, PauseAtom, PlatformAtom, SpikeAtom, WebhookAtom, Window
from sandbox.hunt.outcome import Site

_SECOND_US: Final = 1_000_000
_MINUTE_US: Final = 60 * _SECOND_US
_HOUR_US: Final = 60 * _MINUTE_US
_LENGTHS_US: Final = (
    _SECOND_US,
    10 * _SECOND_US,
    _MINUTE_US,
    5 * _MINUTE_US,
    15 * _MINUTE_US,
    _HOUR_US,
    4 * _HOUR_US,
    12 * _HOUR_US,
    24 * _HOUR_US,
)
_LENGTHS_OF: Final = ("delay_us", "down_for_us", "for_us", "standby_after_us", "offset_us", "drift_us")
_FACTORS: Final = (2.0, 5.0, 10.0, 20.0, 50.0)
_OCCURRENCES: Final = (1, 2, 3)
_SITES_MOST: Final = 16
# What a power cut at a moment may have cut off.
_AROUND_US: Final = _MINUTE_US
_SITES_NEAR: Final = 6
# A call is met when it comes; a site may tell of it when it was answered.
_ANSWERED_US: Final = 10 * _MINUTE_US
_USUAL: Final[dict[str, Any]] = {
    "html": False,
    "retry_after_form": "seconds",
    "retry_after_us": None,
    "reset": False,
    "status": 503,
}
_WHOLE: Final = ("outage", "store_outage", "bus_outage")
_DOUBLED: Final = "webhook_doubled"


@dataclass(frozen=True, slots=True)
class About:
    """What canonical forms depend on: when demand begins (UTC) and how long there is some; which order suffered (None:
    none), and the sites that were met for it.
    """

    start_us: int
    span_us: int
    order: str | None
    sites: tuple[Site, ...] = ()


Step = Callable[[Atom, About], Iterator[Atom]]


def single(atom: Atom, about: About) -> Iterator[Atom]:
    """One occurrence in place of a share or of all: at a site of the order that suffered, or the first of any.

    A power cut at a moment becomes one at what the order was about then.
    """
    if isinstance(atom, CrashAtom) and atom.at_us is not None:
        yield from _at_what_was_done(atom, atom.at_us, about)
        return
    if atom.kind in _WHOLE or not _has(atom, "occurrence") or getattr(atom, "at_us", None) is not None:
        return
    if getattr(atom, "order", None) is not None and getattr(atom, "occurrence", None) is not None:
        return
    struck = [site for site in about.sites if _may_strike(atom, site, about)]
    for site in struck[:_SITES_MOST]:
        yield _at(atom, site, about)
    if getattr(atom, "occurrence", None) is None:
        yield from (_with(atom, occurrence=number, share=None) for number in _OCCURRENCES)
    if getattr(atom, "order", None) is None and about.order is not None:
        yield _with(atom, order=about.order, share=None)
    if getattr(atom, "share", None) is not None:
        yield _with(atom, share=None)


def _at_what_was_done(atom: CrashAtom, at_us: int, about: About) -> Iterator[Atom]:
    """At calls first, which processes of a real machine can be struck at, too; nearest in time first."""
    moment_us = about.start_us + at_us
    near = [site for site in about.sites if abs(site.at_us - moment_us) <= _AROUND_US]
    for kind in ("call", "commit"):
        of_kind = sorted((site for site in near if site.kind == kind), key=lambda site: abs(site.at_us - moment_us))
        for site in of_kind[:_SITES_NEAR]:
            where = {"system": site.where} if kind == "call" else {"commit": site.name}
            for moment in ("after", "before"):
                yield _at(_with(atom, at_us=None, moment=moment, **where), site, about)


def away(atom: Atom, about: About) -> Iterator[Atom]:
    """A system that is away in place of a core that stands still: known to everybody, and it needs no standby."""
    if isinstance(atom, PauseAtom):
        window = Window(atom.at_us, min(atom.ends_us, about.span_us))
        called = dict.fromkeys(site.where for site in about.sites if site.kind == "call")
        yield from (CallAtom(id=atom.id, kind="outage", system=system, window=window) for system in called)


def named(atom: Atom, about: About) -> Iterator[Atom]:
    """Which operation, topic or commit it is, and the first of them that will do."""
    order, occurrence = getattr(atom, "order", None), getattr(atom, "occurrence", None)
    if order is None or occurrence is None:
        return
    for site in about.sites:
        if site.order != order or not _may_strike(replace(atom, window=Window(0, about.span_us)), site, about):
            continue
        if _name_of(atom) is None or site.step < occurrence:
            yield _at(atom, site, about)


def _may_strike(atom: Atom, site: Site, about: About) -> bool:
    """Whether the site is one of those that the atom means, as far as the site tells."""
    from_us, until_us = about.start_us + atom.window.from_us, about.start_us + atom.window.until_us
    if not from_us <= site.at_us < until_us + _ANSWERED_US or _name_of(atom) not in (None, site.name):
        return False
    if isinstance(atom, PlatformAtom):
        return site.kind == ("commit" if atom.kind.startswith("store_") else "message")
    if isinstance(atom, CrashAtom) and atom.commit is not None:
        return site.kind == "commit"
    kind = "webhook" if isinstance(atom, WebhookAtom) else "call"
    return site.kind == kind and site.where == getattr(atom, "system", None)


def _at(atom: Atom, site: Site, about: About) -> Atom:
    """The atom, aimed at this very site."""
    return _with(
        atom,
        **{_name_field(atom): site.name},
        order=site.order,
        occurrence=site.step,
        share=None,
        window=Window(0, about.span_us),
    )


def _name_field(atom: Atom) -> str:
    if isinstance(atom, PlatformAtom):
        return "only"
    if isinstance(atom, WebhookAtom):
        return "topic"
    return "commit" if isinstance(atom, CrashAtom) and atom.commit is not None else "operation"


def _name_of(atom: Atom) -> str | None:
    name: str | None = getattr(atom, _name_field(atom), None)
    return name


def plain(atom: Atom, about: About) -> Iterator[Atom]:
    """Without any trimmings: no proxy's page, no connection reset, no Retry-After, and 503 for an error."""
    if isinstance(atom, CallAtom):
        yield _with(atom, **_USUAL)


def usual(name: str) -> Step:
    """Without this trimming."""

    def step(atom: Atom, about: About) -> Iterator[Atom]:
        if isinstance(atom, CallAtom):
            yield _with(atom, **{name: _USUAL[name]})

    return step


def slower(atom: Atom, about: About) -> Iterator[Atom]:
    """A smaller factor."""
    if isinstance(atom, SpikeAtom | CallAtom):
        yield from (_with(atom, factor=factor) for factor in _FACTORS if factor < atom.factor)


def shorter(name: str) -> Step:
    """A smaller delay: the shortest usual length that will do, or else its own, rounded up to its own unit.

    A webhook comes late, or again, by a minute: at the same moment who is first is up to luck.
    """

    def step(atom: Atom, about: About) -> Iterator[Atom]:
        value = getattr(atom, name, 0)
        if isinstance(atom, WebhookAtom) and (value > 0 or atom.kind == _DOUBLED):
            yield _with(atom, **{name: _MINUTE_US})
        if value > 0:
            yield from (_with(atom, **{name: length}) for length in _LENGTHS_US if length < value)
            units = (unit for unit in (_HOUR_US, _MINUTE_US, _SECOND_US) if unit <= value)
            yield from (_with(atom, **{name: -(-value // unit) * unit}) for unit in units)

    return step


def timely(atom: Atom, about: About) -> Iterator[Atom]:
    """A moment at a whole hour, a half, a quarter or a minute; a window that is all day, or of whole hours."""
    at_us = getattr(atom, "at_us", None)
    if at_us is not None:
        for unit in (_HOUR_US, _HOUR_US // 2, _HOUR_US // 4, _MINUTE_US, _SECOND_US):
            yield from (_with(atom, at_us=moment) for moment in _rounded(at_us, unit) if moment < about.span_us)
        return
    if isinstance(atom, CrashAtom) and atom.system is None and atom.commit is None:
        return
    window = atom.window
    if getattr(atom, "occurrence", None) is not None:
        yield replace(atom, window=Window(0, about.span_us))
    hour_us = window.from_us // _HOUR_US * _HOUR_US
    for hours in (1, 2, 4, 8):
        for first_us in (hour_us, hour_us + _HOUR_US):
            shorter_one = Window(first_us, first_us + hours * _HOUR_US)
            if shorter_one.until_us <= max(window.until_us + _HOUR_US, hour_us + _HOUR_US):
                yield replace(atom, window=shorter_one)
    yield replace(atom, window=Window(hour_us, -(-window.until_us // _HOUR_US) * _HOUR_US))
    if not (isinstance(atom, PlatformAtom | CallAtom) and atom.kind in _WHOLE) and not isinstance(atom, SpikeAtom):
        yield replace(atom, window=Window(0, about.span_us))


STEPS: Final[tuple[Step, ...]] = (
    away,
    single,
    named,
    plain,
    *(usual(name) for name in _USUAL),
    slower,
    *(shorter(name) for name in _LENGTHS_OF),
    timely,
)


def _rounded(moment_us: int, unit_us: int) -> tuple[int, int]:
    down_us = moment_us // unit_us * unit_us
    return down_us, down_us + unit_us


def _has(atom: Atom, name: str) -> bool:
    return any(field.name == name for field in fields(atom))


def _with(atom: Atom, **changes: Any) -> Atom:
    """The atom with these changes, as far as it has such fields."""
    return replace(atom, **{name: value for name, value in changes.items() if _has(atom, name)})
