"""Faults of live runs: what is planned ahead for real processes."""

from __future__ import annotations

import pytest

from sandbox.runs.live_faults import down_for_s


@pytest.mark.parametrize(("away_s", "down_s"), [(10.0, 9.0), (2.0, 1.0), (1.0, 0.5), (0.01, 0.005)])
def test_a_server_is_started_before_it_is_to_be_there(away_s: float, down_s: float) -> None:
    assert down_for_s(away_s) == pytest.approx(down_s)
