"""Seasons: how a day's orders spread over its hours, and how days of the week differ.

Hours and weekdays are UTC. Hourly weights count relative to each other; a weekday's weight multiplies
`orders_per_day`, so that 1.0 is an ordinary day.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """24 hourly weights from midnight, 7 weekday weights from Monday."""

    hours: tuple[float, ...]
    weekdays: tuple[float, ...]


PROFILES = {
    # Counters open at seven and close at seven; noon is busiest. Weekends are thin.
    "business_day": Profile(
        hours=(0, 0, 0, 0, 0, 0, 0.2, 1, 4, 8, 11, 12, 14, 12, 11, 11, 7, 4, 2, 1, 0, 0, 0, 0),
        weekdays=(1.0, 1.0, 1.0, 1.1, 0.9, 0.35, 0.2),
    ),
    # A consumer shop: lunch and a long evening, never quite silent, strongest on Sunday and Monday.
    "round_the_clock": Profile(
        hours=(2, 1.2, 0.8, 0.6, 0.6, 0.8, 1.5, 2.5, 3.5, 4.5, 5, 5.5, 6, 5.5, 5, 5, 5, 5.5, 6, 7, 8, 7.5, 5.5, 3.5),
        weekdays=(1.1, 1.0, 1.0, 0.95, 0.9, 0.9, 1.15),
    ),
    # Trade buyers: the week is planned on Monday, orders are in by the afternoon cut-off, nobody at weekends.
    "b2b_week": Profile(
        hours=(0, 0, 0, 0, 0, 0, 1, 5, 12, 15, 14, 11, 7, 9, 12, 13, 5, 1, 0, 0, 0, 0, 0, 0),
        weekdays=(1.35, 1.1, 1.0, 0.95, 0.8, 0.0, 0.0),
    ),
}
