"""When the run without faults was busiest: where a fault of an hour meets the most."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Final

from sandbox.faults.atoms import Window
from sandbox.hunt.outcome import Site
from sandbox.hunt.stage import BRANCHES_EVERY_US

_AFTER_US: Final = 3_600_000_000


class BusyTimes:
    """Windows since midnight at `begins_us`, none beyond `span_us`, over the sites of one run that are about orders.

    `lists` are the lists that were asked for, by system and operation.
    """

    def __init__(self, sites: Sequence[Site], begins_us: int, span_us: int) -> None:
        self._begins_us = begins_us
        self._span_us = span_us
        in_time = [site for site in sites if site.at_us < begins_us + span_us]
        self.sites = [site for site in in_time if site.order is not None]
        asked = [(site.where, site.name) for site in in_time if site.kind == "call" and site.name.startswith("list")]
        self.lists = tuple(dict.fromkeys(asked))

    def window(self, from_us: int, length_us: int) -> Window | None:
        """So long a time from the quarter of an hour of a moment (since 1970), as far as there is demand."""
        since_us = max(0, from_us - self._begins_us) // BRANCHES_EVERY_US * BRANCHES_EVERY_US
        until_us = min(since_us + length_us, self._span_us)
        return Window(since_us, until_us) if until_us > since_us else None

    def busiest(self, length_us: int, meant: Callable[[Site], bool] = lambda _: True) -> Window | None:
        """The time of this length with the most sites that are meant, the first such; None where there are none."""
        times = sorted(site.at_us - self._begins_us for site in self.sites if meant(site))
        best: Window | None = None
        most = 0
        for at_us in times:
            window = self.window(at_us + self._begins_us, length_us)
            if window is None or window == best:
                continue
            within = _count_within(times, window.from_us, window.until_us)
            if within > most:
                best, most = window, within
        return best

    def first_half(self) -> Window | None:
        """From the first order's first site until an hour after half of all orders have come."""
        firsts: dict[str | None, int] = {}
        for site in self.sites:
            firsts.setdefault(site.order, site.at_us)
        if not firsts:
            return None
        times = sorted(firsts.values())
        quarters = (times[(len(times) - 1) // 2] + _AFTER_US - times[0]) // BRANCHES_EVERY_US + 1
        return self.window(times[0], quarters * BRANCHES_EVERY_US)

    def crest(self, length_us: int) -> int | None:
        """The middle of the shortest busiest time: a moment at which the most is under way, since midnight."""
        times = sorted(site.at_us - self._begins_us for site in self.sites)
        if not times:
            return None
        first = max(times, key=lambda at_us: (_count_within(times, at_us, at_us + length_us), -at_us))
        return times[bisect_left(times, first) + _count_within(times, first, first + length_us) // 2]


def _count_within(times: Sequence[int], from_us: int, until_us: int) -> int:
    """How many of the sorted times are not before `from_us`, and before `until_us`."""
    return bisect_left(times, until_us) - bisect_left(times, from_us)
