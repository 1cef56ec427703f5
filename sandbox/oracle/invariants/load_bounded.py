"""I15: a system in trouble is asked little more often than one that is well."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import ClassVar, Final

from sandbox.oracle.calls import Target
from sandbox.oracle.context import CORE
from sandbox.oracle.monitor import Monitor

_MINUTE_US: Final = 60_000_000
_WINDOW: Final = 10
"""Minutes in which repeats are held against first calls."""
_ROUND_TRIP_US: Final = 1_000_000
"""A call that left before the refusal of its like was known may arrive after it."""
JUST_STARTED: Final = "the core had lost its power and did not know"


class LoadBounded(Monitor):
    """Repeats stay within the budget, nobody returns before the time that a refusal named, probes are few."""

    id = "I15"
    name = "Load stays within bounds"
    parts: ClassVar[Mapping[str, str]] = {"repeats": "no call was heard"}
    flows: ClassVar[Mapping[str, str]] = {
        "retry_after": "no refusal named a time",
        "probes": "no system served nobody for minutes",
    }
    ledgers = ()

    def prepare(self) -> None:
        self._minutes: dict[str, deque[tuple[int, int, int]]] = {}
        self._told: set[tuple[str, str]] = set()
        self.repeats = 0
        calls = self.cases.calls
        calls.minutes_over.append(self._minute)
        calls.came_again.append(self._came_again)

    def measured(self) -> Mapping[str, float | None]:
        """Calls that were made again after they had failed."""
        return {"repeats": self.repeats}

    def _minute(self, target: Target, from_us: int) -> None:
        self.checks["repeats"] += 1
        self.repeats += target.repeats
        if target.failed or target.repeats:
            self._check_repeats(target, from_us)
        else:
            self._minutes.pop(target.system, None)
        if target.dark_minutes >= self.context.load.settles_within_minutes:
            self._check_probes(target, from_us)

    def _check_repeats(self, target: Target, from_us: int) -> None:
        """Over the last ten minutes; of quiet minutes before trouble nothing is kept, which only lowers the bound."""
        minutes = self._minutes.setdefault(target.system, deque())
        minutes.append((from_us, target.calls, target.repeats))
        while minutes[0][0] <= from_us - _WINDOW * _MINUTE_US:
            minutes.popleft()
        repeats = sum(each[2] for each in minutes)
        first = sum(each[1] for each in minutes) - repeats
        load = self.context.load
        most = load.repeats_share * first + load.repeats_per_minute * _WINDOW
        if repeats > most:
            told = (from_us - minutes[0][0]) // _MINUTE_US + 1
            message = (
                f"{target.system} got {repeats} repeated calls in {told} minute{'s' if told > 1 else ''} "
                f"beside {first} first ones: {most:.0f} are granted"
            )
            self._report("repeats", target.system, from_us, message)

    def _check_probes(self, target: Target, from_us: int) -> None:
        """A system that has served nobody for minutes is asked now and then, not with all that waits for it."""
        if target.failed < target.calls:
            return
        self.checks["probes"] += 1
        most = self.context.load.probes_per_minute
        if target.calls > most:
            message = f"{target.system} serves nobody, and got {target.calls} calls in a minute"
            self._report("probes", target.system, from_us, f"{message}: {most} probes are granted")

    def _came_again(self, target: Target, at_us: int, operation: str, about: str, not_before_us: int) -> None:
        self.checks["retry_after"] += 1
        if at_us + _ROUND_TRIP_US >= not_before_us:
            return
        away = self.context.outages.get(CORE, ())
        if any(from_us <= at_us and until_us >= at_us - 10 * _MINUTE_US for from_us, until_us in away):
            self.excuse(JUST_STARTED, (target.system, operation, about, at_us))
            return
        seconds = (not_before_us - at_us) / 1_000_000
        message = f"{operation} of {about} came to {target.system} {seconds:.0f} seconds before it was asked to"
        self._report("retry_after", target.system, at_us, message)

    def _report(self, role: str, system: str, at_us: int, message: str) -> None:
        # One finding for each system and kind: the rest of a storm says nothing new.
        if (role, system) not in self._told:
            self._told.add((role, system))
            self.findings.append(self.finding(role, None, system, at_us, message))
