"""Shapes, and the arrivals that are planned by them."""

from __future__ import annotations

import pytest

from mock_systems.kit.streams import Streams
from sandbox.errors import InputError
from sandbox.load.arrivals import AN_ORDER, PLACE, STOCK, planned_arrivals
from sandbox.load.shapes import SHAPES, Shape, find_shape


def test_a_spike_is_five_times_the_calm_and_goes_again() -> None:
    spike = SHAPES["spike"]
    assert [round(spike.share_at(at), 3) for at in (0, 0.39, 0.4, 0.59, 0.6, 1.0)] == [0.2, 0.2, 1, 1, 0.2, 0.2]
    assert round(spike.mean, 3) == 0.36


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_mean_of_a_shape_is_the_mean_of_its_moments(shape: Shape) -> None:
    moments = [shape.share_at((step + 0.5) / 10_000) for step in range(10_000)]
    assert sum(moments) / len(moments) == pytest.approx(shape.mean, abs=0.001)
    assert max(moments) == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize(
    "corners",
    [((0, 1), (0.9, 1)), ((0, 1), (0.7, 1), (0.5, 1), (1, 1)), ((0, 2), (1, 1)), ((0, 0), (1, 0))],
)
def test_a_shape_that_cannot_be_is_refused(corners: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="wrong"):
        Shape("wrong", "", corners)


def test_an_unknown_shape_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'spike'"):
        find_shape("spyke")


def test_as_many_arrive_as_the_shape_asks_for_and_each_seed_gives_its_own() -> None:
    arrivals = planned_arrivals(SHAPES["spike"], 50, 100, Streams(1))
    assert arrivals == sorted(arrivals) == planned_arrivals(SHAPES["spike"], 50, 100, Streams(1))
    assert arrivals != planned_arrivals(SHAPES["spike"], 50, 100, Streams(2))
    placed = [at_s for at_s, operation in arrivals if operation == PLACE]
    assert len(placed) == pytest.approx(50 * 100 * SHAPES["spike"].mean, rel=0.1)
    assert sum(40 <= at_s < 60 for at_s in placed) == pytest.approx(1000, rel=0.1)
    looked = sum(operation == STOCK for _, operation in arrivals)
    assert looked == pytest.approx(len(placed) * AN_ORDER[STOCK], rel=0.15)
