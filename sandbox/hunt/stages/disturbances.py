"""Faults of whole systems and of the core's whole platform, at the times at which they meet the most."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from sandbox.faults.atoms import (
    Atom,
    CallAtom,
    ClockAtom,
    CrashAtom,
    DeletionAtom,
    PauseAtom,
    PlatformAtom,
    SpikeAtom,
    WebhookAtom,
    Window,
)
from sandbox.hunt.outcome import Site
from sandbox.hunt.stages.busy_times import BusyTimes
from sandbox.hunt.stages.knowledge import Knowledge

_SECOND, _MINUTE, _HOUR = 1_000_000, 60_000_000, 3_600_000_000
_LATE_US: Final = 100 * _SECOND
# Longer than an order may wait for the ERP, and shorter than a bought label may wait for its parcel.
_LONG_US: Final = 9 * _HOUR
_CREST_US: Final = _SECOND // 5

_Plan = tuple[Atom, ...]

_WEBHOOKS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("webhook_lost", {}),
    ("webhook_doubled", {"delay_us": 0}),
    ("webhook_doubled", {"delay_us": 30 * _MINUTE}),
    ("webhook_reordered", {"delay_us": 30 * _MINUTE}),
    ("webhook_delayed", {"delay_us": 3 * _HOUR, "share": 0.5}),
)
_STORE: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("store_unknown", {"share": 0.3}),
    ("store_slow", {"share": 0.5, "delay_us": 20 * _SECOND}),
    ("store_conflicts", {"share": 0.5}),
)
_BUS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("bus_doubled", {"delay_us": 10 * _MINUTE}),
    ("bus_reordered", {"delay_us": 30 * _MINUTE}),
    ("bus_delayed", {"share": 0.3, "delay_us": 3 * _HOUR}),
)
_CALLS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("lost_reply", {}),
    ("late_commit", {"delay_us": _LATE_US}),
    ("lost_request", {}),
    ("duplicate_call", {}),
    ("error", {"status": 503}),
    ("throttle", {"retry_after_us": 30 * _SECOND}),
    ("slow", {"delay_us": _LATE_US}),
    ("malformed", {}),
    ("partial", {}),
)
_SHARE: Final = 0.1
_LISTS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("stale_read", {"delay_us": 90 * _SECOND}),
    ("late_index", {"delay_us": 90 * _SECOND}),
    ("page_drift", {"share": 0.5}),
    ("error", {"share": 0.5}),
)
_POISONS: Final = ("unknown_status", "unknown_item", "unreadable")
_ROWS_SPOILED: Final = 0.2
_WEBHOOKS_SPOILED: Final = 0.3
_CLOCKS_US: Final = (_HOUR, -_HOUR)


class Disturbances:
    """What may befall the systems that one run met: those that it called, and those of them that sent webhooks."""

    def __init__(self, known: Knowledge) -> None:
        self._times = BusyTimes(known.clean.sites, known.begins_us, known.span_us)
        self._span_us = known.span_us
        self._lease_us = known.lease_us
        sites = self._times.sites
        self._called = tuple(dict.fromkeys(site.where for site in sites if site.kind == "call"))
        self._senders = tuple(dict.fromkeys(site.where for site in sites if site.kind == "webhook"))
        half = self._times.first_half()
        self._half = half or Window(0, known.span_us)

    def each(self) -> Iterator[_Plan]:
        """Plans of one atom or a few, under the ids F1, F2, …; none where nothing was met."""
        if not self._called:
            return
        yield from chain(
            self._outages(_HOUR),
            self._of_webhooks(),
            self._of_core(),
            self._of_platform(),
            self._of_calls(),
            self._cut_off(),
            self._throttled(),
            self._blind(),
            self._spoiled(),
            self._outages(_LONG_US),
            self._crowds(),
        )

    def _outages(self, length_us: int) -> Iterator[_Plan]:
        """Each system is away."""
        for system in self._called:
            if window := self._busiest(system, length_us):
                yield (CallAtom(id="F1", kind="outage", system=system, window=window),)

    def _of_webhooks(self) -> Iterator[_Plan]:
        """All systems' webhooks, for half of the day; and no subscription is left."""
        for kind, more in _WEBHOOKS:
            yield self._of_senders(kind, self._half, **more)
        at_us = self._half.from_us + (self._half.until_us - self._half.from_us) // 2
        yield tuple(
            DeletionAtom(id=f"F{n}", system=system, at_us=at_us, window=self._half)
            for n, system in enumerate(self._senders, 1)
        )

    def _of_core(self) -> Iterator[_Plan]:
        """It loses its power, or stands still for longer than others wait for it, when the most is under way."""
        at_us = self._times.crest(_CREST_US)
        if at_us is not None:
            yield (CrashAtom(id="F1", at_us=at_us, down_for_us=_MINUTE, window=self._half),)
            yield (PauseAtom(id="F1", at_us=at_us, for_us=2 * self._lease_us, window=self._half),)

    def _of_platform(self) -> Iterator[_Plan]:
        """The core's own store and bus are away, for long and for a blink, or answer wrongly for half of the day."""
        crest_us = self._times.crest(_CREST_US)
        second_us = None if crest_us is None else crest_us // _SECOND * _SECOND
        blink = None if second_us is None else Window(max(0, second_us - _SECOND), second_us + _SECOND)
        away = [window for window in (self._times.busiest(_HOUR), blink) if window is not None]
        for outage, kinds in (("store_outage", _STORE), ("bus_outage", _BUS)):
            yield from ((PlatformAtom(id="F1", kind=outage, window=each),) for each in away)
            for kind, more in kinds:
                yield (PlatformAtom(id="F1", kind=kind, window=self._half, **more),)

    def _of_calls(self) -> Iterator[_Plan]:
        """A tenth of the calls to all systems go wrong in one way."""
        for kind, more in _CALLS:
            yield tuple(
                CallAtom(id=f"F{n}", kind=kind, system=system, window=self._half, share=_SHARE, **more)
                for n, system in enumerate(self._called, 1)
            )

    def _cut_off(self) -> Iterator[_Plan]:
        """The line to a system is cut: no call gets there, no webhook comes."""
        for system in self._senders:
            if window := self._busiest(system, _HOUR):
                away = CallAtom(id="F1", kind="outage", system=system, window=window)
                yield away, WebhookAtom(id="F2", kind="webhook_lost", system=system, window=window)

    def _throttled(self) -> Iterator[_Plan]:
        """A system takes no calls for load, by itself and as it comes back from an outage."""
        for system in self._called:
            if window := self._busiest(system, _HOUR):
                middle_us = (window.from_us + window.until_us) // 2
                early, late = Window(window.from_us, middle_us), Window(middle_us, window.until_us)
                away = CallAtom(id="F1", kind="outage", system=system, window=early)
                yield away, CallAtom(id="F2", kind="throttle", system=system, window=late)
                yield (CallAtom(id="F1", kind="throttle", system=system, window=window),)

    def _blind(self) -> Iterator[_Plan]:
        """What lists tell is wrong, or asked for at the wrong time, where no webhook tells it."""
        lost = self._of_senders("webhook_lost", self._half)
        for kind, more in _LISTS:
            yield *lost, *self._of_lists(len(lost), kind, self._half, **more)
        for offset_us in _CLOCKS_US:
            yield *lost, ClockAtom(id=f"F{len(lost) + 1}", window=self._half, offset_us=offset_us)

    def _spoiled(self) -> Iterator[_Plan]:
        """For long, some rows can't be read; then some webhooks can't be, and what they tell in no list either."""
        long = Window(self._half.from_us, min(self._half.from_us + _LONG_US, self._span_us))
        for poison in _POISONS:
            yield tuple(
                CallAtom(
                    id=f"F{n}",
                    kind="poisoned_rows",
                    system=system,
                    window=long,
                    poison=poison,
                    share=_ROWS_SPOILED,
                )
                for n, system in enumerate(self._called, 1)
            )
            told = self._of_senders("webhook_poisoned", long, poison=poison, share=_WEBHOOKS_SPOILED)
            yield *told, *self._of_lists(len(told), "poisoned_rows", long, poison=poison)

    def _crowds(self) -> Iterator[_Plan]:
        """More orders than ever."""
        if window := self._times.busiest(_HOUR, _is_first):
            yield (SpikeAtom(id="F1", window=window, factor=5.0),)

    def _of_senders(self, kind: str, window: Window, **more: Any) -> _Plan:
        return tuple(
            WebhookAtom(id=f"F{n}", kind=kind, system=system, window=window, **more)
            for n, system in enumerate(self._senders, 1)
        )

    def _of_lists(self, before: int, kind: str, window: Window, **more: Any) -> _Plan:
        return tuple(
            CallAtom(id=f"F{n}", kind=kind, system=system, operation=name, window=window, **more)
            for n, (system, name) in enumerate(self._times.lists, before + 1)
        )

    def _busiest(self, system: str, length_us: int) -> Window | None:
        return self._times.busiest(length_us, lambda site: site.where == system)


def _is_first(site: Site) -> bool:
    return site.kind == "webhook" and site.step == 1
