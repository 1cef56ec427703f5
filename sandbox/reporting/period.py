"""Which part of a run's time its charts show."""

from __future__ import annotations

from sandbox.records.summary import Summary
from sandbox.reporting.books import Books
from sandbox.reporting.charts.time_axis import TimeShown
from sandbox.reporting.wording import HOUR_US

# What is left free after the last thing that happened.
_AFTER_SHARE = 0.06


def time_shown(summary: Summary, books: Books) -> TimeShown | None:
    """From the start of demand until nothing more happens to any order; None where nothing happened at all.

    A run settles for days, in which its charts would be empty.
    """
    span, last_us = books.span(), books.last_step_us()
    if span is None or last_us is None:
        return None
    phases = summary.phases
    start_us = phases.start_us if phases else span[0]
    end_us = phases.end_us if phases and summary.finished else span[1]
    demand_until_us = phases.demand_until_us if phases else end_us
    healed_us = phases.healed_us if phases else end_us
    busy_until_us = max(last_us, min(healed_us, end_us))
    pause_us = max(HOUR_US, round((busy_until_us - start_us) * _AFTER_SHARE))
    until_us = max(start_us + HOUR_US, min(end_us, busy_until_us + pause_us))
    faults = tuple(fault for fault in summary.faults if fault.from_us < until_us)
    return TimeShown(start_us, until_us, end_us, demand_until_us, healed_us, faults)
