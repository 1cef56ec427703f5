"""Knobs are the seed's, change what they name, and leave alone what a design switches off."""

from __future__ import annotations

from dataclasses import replace

from mock_systems.kit.streams import Streams
from sandbox.core.design import Design
from sandbox.core.flows import NewsFlow
from sandbox.core.knobs import KNOBS, drawn_knobs, with_knobs
from sandbox.core.policies.cadence import After


def test_knobs_are_drawn_from_the_seed_and_set() -> None:
    drawn = drawn_knobs(Streams(3))
    assert drawn == drawn_knobs(Streams(3))
    assert list(drawn) == [knob.name for knob in KNOBS]
    design = with_knobs(Design("d"), drawn)
    assert design.intake.page_limit == drawn["intake.page_limit"]
    assert design.workers.lease_us == drawn["workers.lease"]
    assert design.flows.orders.ask == After(drawn["flows.orders"])


def test_every_value_is_drawn_by_some_seed() -> None:
    drawn = [drawn_knobs(Streams(seed)) for seed in range(200)]
    for knob in KNOBS:
        assert {one[knob.name] for one in drawn} == set(knob.values)


def test_what_is_switched_off_stays_off() -> None:
    design = Design("d")
    deaf = replace(design.flows, orders=NewsFlow("event", True, None))
    quiet = replace(design, flows=deaf, intake=replace(design.intake, subscriptions_every_us=None))
    changed = with_knobs(quiet, drawn_knobs(Streams(1)))
    assert changed.flows.orders.ask is None
    assert changed.intake.subscriptions_every_us is None
