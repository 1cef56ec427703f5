"""Durations: read, written, refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import durations


@given(st.integers(0, 10**15))
def test_what_is_written_is_read_back(duration_us: int) -> None:
    assert durations.parse(durations.format(duration_us)) == duration_us


@pytest.mark.parametrize(
    ("text", "duration_us"),
    [
        ("10s", 10_000_000),
        ("250ms", 250_000),
        ("5m", 300_000_000),
        ("1h30m", 5_400_000_000),
        ("1h 30m", 5_400_000_000),
        (" 2d ", 172_800_000_000),
        ("1.5s", 1_500_000),
        ("0s", 0),
        ("7us", 7),
    ],
)
def test_as_people_write_them(text: str, duration_us: int) -> None:
    assert durations.parse(text) == duration_us


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10", "write a number with a unit"),
        (10, "write a number with a unit"),
        (True, "write a number with a unit"),
        (None, "write a number with a unit"),
        ("", "write a number with a unit"),
        ("ten seconds", "write a number with a unit"),
        ("10 sec", "write a number with a unit"),
        ("-10s", "negative"),
        ("30m1h", "out of order"),
        ("1s1s", "out of order"),
        ("0.0000001s", "finer than a microsecond"),
    ],
)
def test_what_is_none_is_refused_with_a_remedy(text: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        durations.parse(text)


def test_a_negative_duration_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="not negative"):
        durations.format(-1)
