"""One body, two arms: what breaks without a guard breaks in virtual time and against real processes alike."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.twins.arms import live, virtual
from tests.twins.cases import CASES, SHORT


@pytest.mark.parametrize("world", ["virtual", "live"])
def test_an_order_is_entered_twice_where_no_key_is_sent(world: str, tmp_path: Path) -> None:
    arms = {"virtual": lambda: virtual(SHORT, tmp_path), "live": lambda: asyncio.run(live(SHORT, tmp_path, speed=1000))}
    assert arms[world]() == SHORT.breaks


@pytest.mark.campaign
def test_every_case_is_one_that_breaks_as_it_is_meant_to(tmp_path: Path) -> None:
    assert len(CASES) >= 15
    assert sum(bool(case.breaks) for case in CASES) >= 5
    for case in CASES:
        found = virtual(case, tmp_path)
        assert found >= case.breaks, case.name
        assert case.breaks or not found, case.name
