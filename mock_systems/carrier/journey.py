"""The way of a parcel from the warehouse's dock to the door, over days; or over hours, as a courier does it.

No process: each scan is one act on the calendar and puts the next one there.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from mock_systems.carrier.books import Label
from mock_systems.carrier.tracking import refuse_parcel, scan
from mock_systems.carrier.wire import ScanStatus
from mock_systems.kit.physics import DAY, HOUR, call_after
from mock_systems.kit.streams import Streams

if TYPE_CHECKING:
    from mock_systems.carrier.system import Carrier

LATE_SHARE: Final = 0.04  # of all parcels come a day after the promise, or take twice the hours
_TO_HUB_US: Final = (1 * HOUR, 4 * HOUR)  # from the dock: at least, and within
_VAN_LOADS_US: Final = (6 * HOUR, 2 * HOUR)  # from midnight of the day of delivery
_AT_THE_DOOR_US: Final = (9 * HOUR, 8 * HOUR)
_TO_HUB_PERCENT: Final = (10, 20)  # of the hours that a parcel may take: at least, and within
_VAN_LOADS_PERCENT: Final = (35, 20)
_AT_THE_DOOR_PERCENT: Final = (60, 40)

Stop = tuple[ScanStatus, int]


def itinerary(label: Label, collected_us: int, streams: Streams, within_us: int | None = None) -> list[Stop]:
    """The scans to come and their times, drawn for this parcel alone: each lies after the one before.

    `within_us`: so long it takes at most, twice that when it is late; None: the days that its label promises.
    """

    def drawn_us(purpose: str, window: tuple[int, int]) -> int:
        return window[0] + int(window[1] * streams.fraction(purpose, label.reference, label.nth))

    late = streams.fraction("late", label.reference, label.nth) < LATE_SHARE
    to_hub, van_loads, at_the_door = _TO_HUB_US, _VAN_LOADS_US, _AT_THE_DOOR_US
    van_from_us = collected_us - collected_us % DAY + (label.days + late) * DAY
    if within_us is not None:
        windows = (_TO_HUB_PERCENT, _VAN_LOADS_PERCENT, _AT_THE_DOOR_PERCENT)
        to_hub, van_loads, at_the_door = (_part_of(within_us * (1 + late), window) for window in windows)
        van_from_us = collected_us
    return [
        ("in_transit", collected_us + drawn_us("to-hub", to_hub)),
        ("out_for_delivery", van_from_us + drawn_us("van", van_loads)),
        ("delivered", van_from_us + drawn_us("door", at_the_door)),
    ]


def _part_of(time_us: int, percent: tuple[int, int]) -> tuple[int, int]:
    return time_us * percent[0] // 100, time_us * percent[1] // 100


class Journeys:
    """The calendar of all parcels under way."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def begin(self, tracking: str, now_us: int) -> None:
        """Take a parcel over at the dock, or refuse it."""
        label = self._carrier.books.by_tracking.get(tracking)
        if label is None:
            self._refuse(tracking, None, "unknown-tracking", now_us)
        elif label.collected:
            self._refuse(tracking, label, "already-collected", now_us)
        elif label.state == "voided":
            self._refuse(tracking, label, "voided-label", now_us)
        else:
            label.collected = True
            within_us = self._carrier.books.delivers_within_us
            self._next(label, itinerary(label, now_us, self._carrier.streams, within_us), 0, now_us)

    def _next(self, label: Label, stops: list[Stop], number: int, now_us: int) -> None:
        env = self._carrier.env
        assert env is not None, "carrier: start(env) comes before the first collection"
        call_after(env, stops[number][1] - now_us, partial(self._arrive, label, stops, number))

    def _arrive(self, label: Label, stops: list[Stop], number: int) -> None:
        status, at_us = stops[number]
        if label.state == "voided":  # after the handover, before the first scan
            self._refuse(label.tracking, label, "voided-label", at_us)
            return
        self._carrier.act(partial(scan, label, status), at_us, label.trace)
        if number + 1 < len(stops):
            self._next(label, stops, number + 1, at_us)

    def _refuse(self, tracking: str, label: Label | None, reason: str, now_us: int) -> None:
        trace = label.trace if label is not None else None
        self._carrier.act(partial(refuse_parcel, tracking, label, reason), now_us, trace)
