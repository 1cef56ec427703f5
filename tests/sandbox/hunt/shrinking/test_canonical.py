"""Canonical forms: simpler, of the same kind at the same system, and hardly longer than what was there."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sandbox.faults.atoms import Atom, CallAtom, CrashAtom, PauseAtom, WebhookAtom, Window
from sandbox.faults.moments import DAY_US
from sandbox.hunt.outcome import Site
from sandbox.hunt.shrinking.canonical import STEPS, About, away, named, shorter, single
from tests.sandbox.hunt.shrinking.toys import drawn

MINUTE = 60_000_000
SITES = (
    Site("call", "erp", "createSalesOrder", "W-000004", 1, 9 * 60 * MINUTE),
    Site("call", "erp", "postInvoice", "W-000004", 1, 17 * 60 * MINUTE),
    Site("webhook", "wms", "outbound.shipped", "W-000004", 1, 17 * 60 * MINUTE),
)
ABOUT = About(0, DAY_US, "W-000004", SITES)


@given(st.integers(0, 10_000))
def test_candidates_are_of_the_same_kind_and_no_delay_is_doubled(seed: int) -> None:
    for atom in drawn(seed):
        for step in STEPS:
            for candidate in step(atom, ABOUT):
                assert candidate.id == atom.id
                if isinstance(atom, PauseAtom):
                    assert candidate.kind in (atom.kind, "outage")
                    continue
                assert candidate.kind == atom.kind
                if getattr(atom, "at_us", None) is None:
                    assert getattr(candidate, "system", None) == getattr(atom, "system", None)
                assert candidate.window.from_us < candidate.window.until_us
                for name in ("delay_us", "down_for_us", "for_us", "factor"):
                    least = MINUTE if isinstance(atom, WebhookAtom) else 1
                    assert _value(candidate, name) <= max(least, 2 * _value(atom, name))


def test_a_delay_is_shortened_or_rounded_up_to_its_own_unit() -> None:
    late = CallAtom(id="F1", kind="late_commit", system="erp", window=Window(0, DAY_US), delay_us=90 * 1_000_000)
    delays = [_value(candidate, "delay_us") for candidate in shorter("delay_us")(late, ABOUT)]
    assert delays == [1_000_000, 10_000_000, MINUTE, 2 * MINUTE, 90_000_000]


def test_a_webhook_comes_again_a_minute_later_and_not_at_the_same_moment() -> None:
    again = WebhookAtom(id="F1", kind="webhook_doubled", system="commerce", window=Window(0, DAY_US))
    assert [_value(candidate, "delay_us") for candidate in shorter("delay_us")(again, ABOUT)] == [MINUTE]
    late = replace(again, kind="webhook_delayed", delay_us=2 * 60 * MINUTE)
    first, second, *_ = (_value(candidate, "delay_us") for candidate in shorter("delay_us")(late, ABOUT))
    assert (first, second) == (MINUTE, 1_000_000)
    lost = replace(again, kind="webhook_lost")
    assert list(shorter("delay_us")(lost, ABOUT)) == []


def test_a_system_is_away_in_place_of_a_core_that_stands_still() -> None:
    frozen = PauseAtom(id="F1", at_us=17 * 60 * MINUTE, for_us=60 * MINUTE, window=Window(0, DAY_US))
    window = Window(17 * 60 * MINUTE, 18 * 60 * MINUTE)
    assert list(away(frozen, ABOUT)) == [CallAtom(id="F1", kind="outage", system="erp", window=window)]


def test_a_fault_of_many_calls_is_aimed_at_those_of_the_order_that_suffered() -> None:
    window = Window(8 * 60 * MINUTE, 10 * 60 * MINUTE)
    lost = CallAtom(id="F1", kind="lost_reply", system="erp", share=0.5, window=window)
    first = next(single(lost, ABOUT))
    aimed = {"operation": "createSalesOrder", "order": "W-000004", "occurrence": 1, "share": None}
    assert first == replace(lost, window=Window(0, DAY_US), **aimed)  # type: ignore[arg-type]
    third = replace(lost, order="W-000004", occurrence=3, share=None)
    assert [candidate.operation for candidate in named(third, ABOUT) if isinstance(candidate, CallAtom)] == [
        "createSalesOrder",
        "postInvoice",
    ]


def test_a_power_cut_at_a_moment_is_aimed_at_what_the_order_was_about_then() -> None:
    cut = CrashAtom(id="F1", down_for_us=1_000_000, at_us=17 * 60 * MINUTE + 1_500, window=Window(0, DAY_US))
    places = [
        (candidate.operation, candidate.occurrence, candidate.moment, candidate.at_us)
        for candidate in single(cut, ABOUT)
        if isinstance(candidate, CrashAtom)
    ]
    assert places == [("postInvoice", 1, "after", None), ("postInvoice", 1, "before", None)]


def _value(atom: Atom, name: str) -> float:
    value: float = getattr(atom, name, 0)
    return value
