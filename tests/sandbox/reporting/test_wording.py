"""Numbers and times as a person would say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.records.summary import FigureResult
from sandbox.reporting import wording
from sandbox.reporting.key_figures import cards, told
from sandbox.reporting.wording import DAY_US, HOUR_US, MINUTE_US, SECOND_US


@pytest.mark.parametrize(
    ("duration_us", "told"),
    [
        (0, "0 s"),
        (40_100, "0.04 s"),
        (400_000, "0.4 s"),
        (15 * SECOND_US + 100, "15 s"),
        (59_700_000, "1 min"),
        (4 * MINUTE_US + 10 * SECOND_US, "4 min 10 s"),
        (49 * MINUTE_US + 10 * SECOND_US, "49 min"),
        (59 * MINUTE_US + 50 * SECOND_US, "1 h"),
        (2 * HOUR_US + 5 * MINUTE_US, "2 h 5 min"),
        (DAY_US - SECOND_US, "1 d"),
        (3 * DAY_US + 7 * HOUR_US, "3 d 7 h"),
    ],
)
def test_lengths_of_time(duration_us: int, told: str) -> None:
    assert wording.length(duration_us) == told


_PARTS = {"d": DAY_US, "h": HOUR_US, "min": MINUTE_US, "s": SECOND_US}


@given(st.integers(1000, 400 * DAY_US))
def test_a_length_is_told_within_a_tenth(duration_us: int) -> None:
    words = wording.length(duration_us).replace(",", "").split()
    read_us = sum(float(number) * _PARTS[unit] for number, unit in zip(words[::2], words[1::2], strict=True))
    assert abs(read_us - duration_us) <= duration_us / 10


def test_sums_counts_and_periods() -> None:
    assert wording.money(326_951_80, "GBP") == "326,951.80 GBP"
    assert wording.number(4812) == "4,812"
    assert wording.number(37.4242) == "37.42"
    assert (wording.plural(1, "order"), wording.plural(2000, "order")) == ("1 order", "2,000 orders")
    assert wording.joined(["a", "b", "c"], "or") == "a, b or c"
    assert wording.sentence("fine") == "Fine."
    start = 1_321_228_800_000_000
    assert wording.period(start + 10 * HOUR_US, start + 12 * HOUR_US) == "14 Nov 10:00–12:00"
    assert wording.period(start, start + DAY_US) == "14 Nov 00:00 – 15 Nov 00:00"


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (None, "h", "unknown"),
        (0.991, "h", "59 min"),
        (0.02, "min", "1.2 s"),
        (15.05, "s", "15 s"),
        (98.7, "%", "98.7%"),
        (9282452, "GBP minor units", "92,824.52 GBP"),
        (396, "orders", "396"),
        (40, "calls/min", "40 calls/min"),
    ],
)
def test_figures(value: float | None, unit: str, words: str) -> None:
    assert told(FigureResult(name="f", value=value, unit=unit, about="a")) == words


def test_a_figure_that_the_record_lacks_is_unknown() -> None:
    figures = [FigureResult(name="orders accepted", value=3, unit="orders", about="taken")]
    by_title = {card.title: card for card in cards(figures)}
    assert by_title["Orders accepted"].values[0].told == "3"
    assert by_title["Orders accepted"].notes == ()
    assert by_title["Revenue"].values[0].told == "unknown"
    assert [value.told for value in by_title["Invoice delay"].values] == ["unknown"] * 3
