"""A fault at a site: the atoms that strike just there, one for each thing that can go wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sandbox.faults.atoms import Atom, CallAtom, CrashAtom, PlatformAtom, WebhookAtom, Window
from sandbox.hunt.outcome import Site
from sandbox.hunt.stage import BRANCHES_EVERY_US

_SECOND, _MINUTE, _HOUR = 1_000_000, 60_000_000, 3_600_000_000
_DOWN_US: Final = 10 * _SECOND

_ANY_CALL: Final[Sequence[tuple[str, dict[str, Any]]]] = (
    ("lost_reply", {}),
    ("lost_request", {}),
    ("lost_reply", {"reset": True}),
    ("lost_request", {"reset": True}),
    ("error", {"status": 503}),
    ("error", {"status": 500}),
    ("throttle", {"retry_after_us": 30 * _SECOND}),
    ("malformed", {}),
    ("partial", {}),
)
_WRITES: Final[Sequence[tuple[str, dict[str, Any]]]] = (
    ("late_commit", {"delay_us": 100 * _SECOND}),
    ("duplicate_call", {}),
)
_LISTS: Final[Sequence[tuple[str, dict[str, Any]]]] = (
    ("stale_read", {"delay_us": 90 * _SECOND}),
    ("late_index", {"delay_us": 90 * _SECOND}),
    ("page_drift", {}),
    ("poisoned_rows", {"poison": "unreadable"}),
)
_WEBHOOKS: Final[Sequence[tuple[str, dict[str, Any]]]] = (
    ("webhook_lost", {}),
    ("webhook_doubled", {"delay_us": 2 * _MINUTE}),
    ("webhook_doubled", {"delay_us": 0}),  # both are handled at once: who looks first and acts then does it twice
    ("webhook_delayed", {"delay_us": 3 * _HOUR}),
    ("webhook_poisoned", {"poison": "unreadable"}),
)
_COMMITS: Final[Sequence[tuple[str, dict[str, Any]]]] = (
    ("store_unknown", {"happened": True}),
    ("store_unknown", {"happened": False}),
    ("store_conflicts", {}),
    ("store_slow", {"delay_us": 20 * _SECOND}),
)
_MESSAGES: Final[Sequence[tuple[str, dict[str, Any]]]] = (
    ("bus_doubled", {"delay_us": 10 * _MINUTE}),
    ("bus_delayed", {"delay_us": 3 * _HOUR}),
)
_GRAVE: Final = ("store_unknown", "bus_doubled")
_READING: Final = ("list", "get", "find")


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
        """Each fault that can strike at this site, under the id `name`; none at a site after the end of demand."""
        window = self._window(site)
        if window is None:
            return
        nth = self._nth(site, window)
        makers = {"call": self._of_call, "webhook": self._of_webhook, "commit": self._of_commit}
        make = makers.get(site.kind, self._of_message)
        yield from make(site, name, window, nth)

    def gravest(self, site: Site, name: str = "F1") -> Iterator[Atom]:
        """The few of them that leave the core the most in doubt: for combinations, of which there are many."""
        for atom in self.atoms(site, name):
            after = isinstance(atom, CrashAtom) and atom.moment == "after"
            lost = isinstance(atom, CallAtom) and atom.kind in ("lost_reply", "late_commit") and not atom.reset
            failed = isinstance(atom, CallAtom) and atom.kind == "error" and atom.status == 503
            told = isinstance(atom, WebhookAtom) and atom.kind in ("webhook_lost", "webhook_doubled")
            if after or lost or failed or told or (isinstance(atom, PlatformAtom) and atom.kind in _GRAVE):
                yield atom

    def _window(self, site: Site) -> Window | None:
        """From the quarter of an hour before the site to the end of demand; None where it lies after that."""
        # A webhook is struck when it is made, some moments before it is sent.
        struck_us = site.at_us - (_MINUTE if site.kind == "webhook" else 1) - self._start_us
        from_us = struck_us // BRANCHES_EVERY_US * BRANCHES_EVERY_US
        until_us = self._span_us
        return Window(max(0, from_us), until_us) if site.at_us - self._start_us < until_us else None

    def _nth(self, site: Site, window: Window) -> int:
        """Which one it is of those of its kind and order in the window, from 1."""
        begins_us = self._start_us + window.from_us
        before = sum(begins_us <= at_us for at_us in self._times[site[:4]][: site.step])
        return max(1, before)

    def _of_call(self, site: Site, name: str, window: Window, nth: int) -> Iterator[Atom]:
        aimed: dict[str, Any] = {"id": name, "system": site.where, "window": window, "operation": site.name}
        aimed |= {"order": site.order, "occurrence": nth}
        late_us = self._timeouts_us.get(site.where, 15 * _SECOND) + 5 * _SECOND
        reads = site.name.startswith(_READING)
        lists = site.name.startswith("list")
        kinds = (*_ANY_CALL, ("slow", {"delay_us": late_us}), *(() if reads else _WRITES), *(_LISTS if lists else ()))
        for kind, more in kinds:
            yield CallAtom(kind=kind, **aimed, **more)
        for moment in ("after", "before"):
            yield CrashAtom(down_for_us=_DOWN_US, moment=moment, **aimed)

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
        for moment in ("after", "before"):
            yield CrashAtom(down_for_us=_DOWN_US, commit=site.name, moment=moment, **aimed)
        for kind, more in _COMMITS:
            yield PlatformAtom(kind=kind, only=site.name, **aimed, **more)

    def _of_message(self, site: Site, name: str, window: Window, nth: int) -> Iterator[Atom]:
        aimed: dict[str, Any] = {"id": name, "window": window, "only": site.name, "order": site.order}
        for kind, more in _MESSAGES:
            yield PlatformAtom(kind=kind, occurrence=nth, **aimed, **more)
