"""A fault at a site: the atoms that strike just there, one for each thing that can go wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from sandbox.faults.atoms import Atom, CallAtom, CrashAtom, PlatformAtom, WebhookAtom, Window
from sandbox.hunt.outcome import Site
from sandbox.hunt.stage import BRANCHES_EVERY_US

_SECOND, _MINUTE, _HOUR = 1_000_000, 60_000_000, 3_600_000_000
_DOWN_US: Final = 10 * _SECOND

_LASTING_ERROR: Final = "lasting_error"

Faults = Sequence[tuple[str, dict[str, Any]]]

# Each table has what leaves the core the most in doubt, or goes on for the longest, first.
_CALLS: Final[Faults] = (
    ("lost_reply", {}),
    ("core_crash", {"moment": "after"}),
    (_LASTING_ERROR, {}),
)
_CALLS_TOO: Final[Faults] = (
    ("core_crash", {"moment": "before"}),
    ("lost_request", {}),
    ("error", {"status": 503}),
    ("throttle", {"retry_after_us": 30 * _SECOND}),
    ("malformed", {}),
    ("partial", {}),
    ("lost_reply", {"reset": True}),
    ("lost_request", {"reset": True}),
    ("error", {"status": 500}),
)
_WRITES: Final[Faults] = (
    ("late_commit", {"delay_us": 100 * _SECOND}),
    ("duplicate_call", {}),
)
_LISTS: Final[Faults] = (
    ("stale_read", {"delay_us": 90 * _SECOND}),
    ("late_index", {"delay_us": 90 * _SECOND}),
    ("page_drift", {}),
    ("poisoned_rows", {"poison": "unreadable"}),
)
_WEBHOOKS: Final[Faults] = (
    ("webhook_doubled", {"delay_us": 2 * _MINUTE}),
    ("webhook_lost", {}),
    ("webhook_doubled", {"delay_us": 0}),  # both are handled at once: who looks first and acts then does it twice
    ("webhook_delayed", {"delay_us": 3 * _HOUR}),
    ("webhook_poisoned", {"poison": "unreadable"}),
)
_COMMITS: Final[Faults] = (
    ("core_crash", {"moment": "after"}),
    ("store_unknown", {"happened": True}),
    ("store_slow", {"delay_us": 20 * _SECOND}),
    ("core_crash", {"moment": "before"}),
    ("store_unknown", {"happened": False}),
    ("store_conflicts", {}),
)
_MESSAGES: Final[Faults] = (
    ("bus_doubled", {"delay_us": 10 * _MINUTE}),
    ("bus_delayed", {"delay_us": 3 * _HOUR}),
)
_READING: Final = ("list", "get", "find")
_GRAVE_MOST: Final = {"call": 4, "webhook": 2, "commit": 3, "message": 1}
_STRIKES_WITHIN_US: Final = _HOUR


def reads(operation: str) -> bool:
    """Whether an operation only reads: who hears nothing of it knows that nothing has happened."""
    return operation.startswith(_READING)


class Aim:
    """Aims at the sites of one run, which began at `start_us` (the midnight that moments are counted from)."""

    def __init__(self, sites: Sequence[Site], start_us: int, span_us: int, timeouts_us: dict[str, int]) -> None:
        self._start_us = start_us
        self._span_us = span_us
        self._timeouts_us = timeouts_us
        self._times: dict[tuple[str, str, str, str | None], list[int]] = {}
        for site in sites:
            self._times.setdefault(site[:4], []).append(site.at_us)

    def atoms(self, site: Site, name: str = "F1") -> Iterator[Atom]:
        """Each fault that can strike at this site, the gravest first, under the id `name`.

        None at a site after the end of demand.
        """
        window = self._window(site)
        if window is None:
            return
        nth = self._nth(site, window)
        makers = {"call": self._of_call, "webhook": self._of_webhook, "commit": self._of_commit}
        make = makers.get(site.kind, self._of_message)
        yield from make(site, name, window, nth)

    def gravest(self, site: Site, name: str = "F1") -> Iterator[Atom]:
        """The few of them that leave the core the most in doubt: for combinations, of which there are many."""
        return islice(self.atoms(site, name), _GRAVE_MOST[site.kind])

    def _window(self, site: Site) -> Window | None:
        """From the quarter of an hour before the site to an hour after it, as far as there is demand; None beyond that.

        What the fault leaves behind is judged from the window's end on: one that lay hours after the strike would
        excuse for all that time what the next round of reconciliation mends.
        """
        # A webhook is struck when it is made, some moments before it is sent.
        struck_us = site.at_us - (_MINUTE if site.kind == "webhook" else 1) - self._start_us
        from_us = max(0, struck_us // BRANCHES_EVERY_US * BRANCHES_EVERY_US)
        met_us = site.at_us - self._start_us
        until_us = min(self._span_us, met_us + _STRIKES_WITHIN_US)
        return Window(from_us, until_us) if met_us < until_us else None

    def _nth(self, site: Site, window: Window) -> int:
        """Which one it is of those of its kind and order in the window, from 1."""
        begins_us = self._start_us + window.from_us
        before = sum(begins_us <= at_us for at_us in self._times[site[:4]][: site.step])
        return max(1, before)

    def _since_the_one_before(self, site: Site, window: Window) -> Window:
        """The window without those of the same kind and order that come before the site in it."""
        before = [at_us - self._start_us for at_us in self._times[site[:4]][: site.step - 1]]
        return replace(window, from_us=max([window.from_us, *(at_us + 1 for at_us in before)]))

    def _of_call(self, site: Site, name: str, window: Window, nth: int) -> Iterator[Atom]:
        aimed: dict[str, Any] = {"id": name, "system": site.where, "operation": site.name, "order": site.order}
        once: dict[str, Any] = {"window": window, "occurrence": nth}
        late_us = self._timeouts_us.get(site.where, 15 * _SECOND) + 5 * _SECOND
        lists = _LISTS if site.name.startswith("list") else ()
        first = (*_CALLS[::-1], *lists) if reads(site.name) else (*_CALLS, *_WRITES)
        for kind, more in (*first, *_CALLS_TOO, ("slow", {"delay_us": late_us})):
            if kind == "core_crash":
                yield CrashAtom(down_for_us=_DOWN_US, **aimed, **once, **more)
            elif kind == _LASTING_ERROR:
                yield CallAtom(kind="error", window=self._since_the_one_before(site, window), **aimed)
            else:
                yield CallAtom(kind=kind, **aimed, **once, **more)

    def _of_webhook(self, site: Site, name: str, window: Window, nth: int) -> Iterator[Atom]:
        for kind, more in _WEBHOOKS:
            yield WebhookAtom(
                id=name,
                kind=kind,
                system=site.where,
                window=window,
                topic=site.name,
                order=site.order,
                occurrence=nth,
                **more,
            )

    def _of_commit(self, site: Site, name: str, window: Window, nth: int) -> Iterator[Atom]:
        aimed: dict[str, Any] = {"id": name, "window": window, "order": site.order, "occurrence": nth}
        for kind, more in _COMMITS:
            if kind == "core_crash":
                yield CrashAtom(down_for_us=_DOWN_US, commit=site.name, **aimed, **more)
            else:
                yield PlatformAtom(kind=kind, only=site.name, **aimed, **more)

    def _of_message(self, site: Site, name: str, window: Window, nth: int) -> Iterator[Atom]:
        aimed: dict[str, Any] = {"id": name, "window": window, "only": site.name, "order": site.order}
        for kind, more in _MESSAGES:
            yield PlatformAtom(kind=kind, occurrence=nth, **aimed, **more)
