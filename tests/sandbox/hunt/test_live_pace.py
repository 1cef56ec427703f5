"""How fast findings are carried out live: quickly, then slowly, and never too fast for a standby."""

from __future__ import annotations

import pytest

from sandbox.faults.atoms import PauseAtom, PlatformAtom, Window
from sandbox.faults.plan import FaultPlan
from sandbox.hunt.live_pace import speeds, too_short
from tests.sandbox.hunt.small_targets import HOUR, window

_HOUR_S = 3600.0
_HOUR_US = 3_600_000_000


@pytest.mark.parametrize(
    ("due_h", "tried"),
    [(0.05, (20.0,)), (1, (300.0, 75.0)), (4, (1000.0, 250.0)), (20, (1000.0, 600.0)), (50, (1000.0,))],
)
def test_a_failure_is_due_soon_and_then_in_two_minutes(due_h: float, tried: tuple[float, ...]) -> None:
    assert speeds(FaultPlan(()), due_h * _HOUR_S, "I2") == tried


def test_a_standby_has_the_time_to_take_over() -> None:
    stood_in = PauseAtom(id="F1", window=window(8), at_us=0, for_us=2 * _HOUR_US, standby_after_us=_HOUR_US)
    alone = PauseAtom(id="F2", window=window(8), at_us=0, for_us=_HOUR_US, standby_after_us=_HOUR_US)
    assert speeds(FaultPlan((stood_in, alone)), 8 * _HOUR_S, "I18")[0] == 180.0
    assert speeds(FaultPlan((alone,)), 8 * _HOUR_S, "I18")[0] == 1000.0


def test_what_counts_calls_is_tried_slowly_at_once() -> None:
    assert speeds(FaultPlan(()), 4 * _HOUR_S, "I15") == (250.0,)


def test_an_outage_shorter_than_a_start_is_another_one() -> None:
    blink = PlatformAtom(id="F1", kind="bus_outage", window=Window(HOUR, HOUR + 2_000_000))
    hours = PlatformAtom(id="F2", kind="store_outage", window=window(8))
    assert list(too_short(FaultPlan((blink, hours)), 20.0)) == ["F1"]
    assert too_short(FaultPlan((blink, hours)), 1.0) == {}
