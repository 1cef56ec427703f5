"""What the timeline says of itself is so."""

from __future__ import annotations

import pytest

from sandbox.reporting.charts.time_axis import TimeShown
from sandbox.reporting.charts.timeline import Happenings, timeline
from sandbox.reporting.wording import DAY_US, HOUR_US, MINUTE_US
from tests.sandbox.oracle.history import START_US


@pytest.mark.parametrize(("days", "mean_of"), [(1, "5 min"), (7, "15 min")])
def test_calls_a_minute_are_told_as_the_means_that_they_are(days: int, mean_of: str) -> None:
    until_us = START_US + days * DAY_US
    shown = TimeShown(START_US, until_us, until_us, until_us, until_us)
    calls = [(START_US + 5 * MINUTE_US, 2.0), (START_US + HOUR_US, 7.0)]
    orders = ((START_US, 4),)
    figure = timeline(shown, Happenings(HOUR_US, orders, orders, {"accepted": []}, {"erp": calls}))
    titles = [at.get_title(loc="left") or at.get_title() for at in figure.axes]
    assert f"Calls a minute to each system, the mean of {mean_of}" in titles
    legends = [text.get_text() for at in figure.axes if (legend := at.get_legend()) for text in legend.get_texts()]
    assert "refused" in legends, "for whatever reason: not all of it was sold out"
