"""Plans: what is written is what is meant, and a plan survives being written down."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_systems.kit.streams import Streams
from sandbox.faults.atoms import KINDS, CallAtom, CrashAtom, DeletionAtom, PauseAtom, SpikeAtom, WebhookAtom, Window
from sandbox.faults.checking import problems, too_early
from sandbox.faults.moments import DAY_US, format_moment, parse_moment
from sandbox.faults.plan import FaultPlan, plan_of
from sandbox.faults.words import in_words
from sandbox.faults.written import FaultEntry
from tests.sandbox.faults.atoms_drawn import LANDSCAPE, SPAN_US, plans

HOUR_US = DAY_US // 24


def planned(written: list[dict[str, Any]], seed: int = 1) -> FaultPlan:
    entries = [FaultEntry.model_validate(entry) for entry in written]
    assert problems(entries, LANDSCAPE, SPAN_US) == []
    return plan_of(entries, SPAN_US, LANDSCAPE, Streams(seed))


@given(plans)
@settings(max_examples=150, deadline=None)
def test_a_plan_comes_back_from_json_as_it_was(written: list[dict[str, Any]]) -> None:
    plan = planned(written)
    assert [atom.id for atom in plan.atoms] == [f"F{n}" for n in range(1, len(written) + 1)]
    again = planned(json.loads(json.dumps(plan.as_written())))
    assert again == plan
    assert again.heal_us == plan.heal_us == max((atom.ends_us for atom in plan.atoms), default=0)


@given(st.integers(0, 10**6), st.integers(1, 12), st.lists(st.sampled_from(KINDS), min_size=1))
@settings(max_examples=80, deadline=None)
def test_a_drawn_plan_is_the_seeds_and_is_sound(seed: int, atoms: int, kinds: list[str]) -> None:
    written = [{"drawn": {"atoms": atoms, "kinds": kinds}}]
    plan = planned(written, seed)
    assert plan == planned(written, seed)
    assert len(plan.atoms) == atoms
    assert {atom.kind for atom in plan.atoms} <= set(kinds)
    assert planned(plan.as_written()) == plan
    for atom in plan.atoms:
        assert in_words(atom)


@given(plans, st.integers(0, 10**6), st.integers(1, SPAN_US // HOUR_US - 1))
@settings(max_examples=60, deadline=None)
def test_nothing_strikes_in_the_warm_up(written: list[dict[str, Any]], seed: int, hours: int) -> None:
    warm_up_us = hours * HOUR_US
    entries = [FaultEntry.model_validate(entry) for entry in [*written, {"drawn": {"atoms": 5}}]]
    early = {problem.where[0] for problem in too_early(entries, warm_up_us)}
    sound = [entry for index, entry in enumerate(entries) if index not in early]
    for atom in plan_of(sound, SPAN_US, LANDSCAPE, Streams(seed), warm_up_us).atoms:
        begins_us = atom.window.from_us
        if isinstance(atom, CrashAtom | PauseAtom | DeletionAtom) and atom.at_us is not None:
            begins_us = atom.at_us
        assert warm_up_us <= begins_us < SPAN_US


def test_other_seeds_draw_other_plans_and_leave_kinds_out() -> None:
    drawn = [planned([{"drawn": {"atoms": 20}}], seed) for seed in range(40)]
    assert len({json.dumps(plan.as_written()) for plan in drawn}) == 40
    used = [{atom.kind for atom in plan.atoms} for plan in drawn]
    assert set().union(*used) == set(KINDS)
    assert all(kinds < set(KINDS) for kinds in used)


def test_every_kind_means_what_it_says() -> None:
    plan = planned(
        [
            {"outage": {"system": "erp", "at": "10:00", "for": "2h"}},
            {"id": "late", "slow": {"system": "erp", "factor": 3, "by": "500ms", "share": "5%"}},
            {"throttle": {"system": "erp", "operation": "postInvoice", "retry_after": "30s", "occurrence": 2}},
            {"webhook_doubled": {"system": "commerce", "topic": "order.created", "from": "1d 08:00", "to": "36h"}},
            {"core_crash": {"at": "11:30", "down_for": "60s"}},
            {"core_crash": {"system": "erp", "operation": "postInvoice", "down_for": "1m"}},
            {"demand_spike": {"at": "14:00", "for": "1h", "factor": 5}},
        ]
    )
    whole = Window(0, SPAN_US)
    assert plan.atoms == (
        CallAtom(id="F1", kind="outage", system="erp", window=Window(10 * HOUR_US, 12 * HOUR_US)),
        CallAtom(id="late", kind="slow", system="erp", window=whole, factor=3, delay_us=500_000, share=0.05),
        CallAtom(
            id="F2",
            kind="throttle",
            system="erp",
            window=whole,
            operation="postInvoice",
            retry_after_us=30_000_000,
            occurrence=2,
        ),
        WebhookAtom(
            id="F3",
            kind="webhook_doubled",
            system="commerce",
            window=Window(32 * HOUR_US, 36 * HOUR_US),
            topic="order.created",
        ),
        CrashAtom(id="F4", down_for_us=60_000_000, window=whole, at_us=11 * HOUR_US + HOUR_US // 2),
        CrashAtom(id="F5", down_for_us=60_000_000, window=whole, system="erp", operation="postInvoice", occurrence=1),
        SpikeAtom(id="F6", window=Window(14 * HOUR_US, 15 * HOUR_US), factor=5),
    )
    assert plan.without("F1", "F3").as_written()[1]["id"] == "F2"
    assert [in_words(atom, SPAN_US) for atom in plan.atoms] == [
        "the ERP refuses all connections from 10:00 to 12:00",
        "5% of all calls to the ERP take 3 times as long and 500ms longer",
        "the 2nd postInvoice call to the ERP is turned away with 429, to come back after 30s",
        "every order.created webhook of the shop is delivered twice from 1d 08:00 to 1d 12:00",
        "the sync core loses power at 11:30, for 1m",
        "the sync core loses power right after the 1st postInvoice took effect, for 1m",
        "orders come 5 times as fast from 14:00 to 15:00",
    ]


@given(st.integers(0, 40 * DAY_US))
def test_moments_come_back(moment_us: int) -> None:
    assert parse_moment(format_moment(moment_us)) == moment_us


@pytest.mark.parametrize("text", ["25:00", "10:60", "24:01", "noon", "-2h", 10, "", "10:0", None])
def test_what_is_no_moment(text: object) -> None:
    with pytest.raises(ValueError, match=r"write|between"):
        parse_moment(text)
