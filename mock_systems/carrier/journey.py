"""The way of a parcel from the warehouse's dock to the door, over days.

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

LATE_SHARE: Final = 0.04  # of all parcels come a day after the promise
_TO_HUB_US: Final = (1 * HOUR, 4 * HOUR)  # from the dock: at least, and within
_VAN_LOADS_US: Final = (6 * HOUR, 2 * HOUR)  # from midnight of the day of delivery
_AT_THE_DOOR_US: Final = (9 * HOUR, 8 * HOUR)

Stop = tuple[ScanStatus, int]


def itinerary(label: Label, collected_us: int, streams: Streams) -> list[Stop]:
    """The scans to come and their times, drawn for this parcel alone: each lies after the one before."""

    def drawn_us(purpose: str, window: tuple[int, int]) -> int:
        return window[0] + int(window[1] * streams.fraction(purpose, label.reference, label.nth))

    late = streams.fraction("late", label.reference, label.nth) < LATE_SHARE
    midnight_us = collected_us - collected_us % DAY + (label.days + late) * DAY
    return [
        ("in_transit", collected_us + drawn_us("to-hub", _TO_HUB_US)),
        ("out_for_delivery", midnight_us + drawn_us("van", _VAN_LOADS_US)),
        ("delivered", midnight_us + drawn_us("door", _AT_THE_DOOR_US)),
    ]


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
            self._next(label, itinerary(label, now_us, self._carrier.streams), 0, now_us)

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
