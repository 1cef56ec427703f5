"""Findings confirmed live: what can't be expressed is told, the rest is carried out against processes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli.main import app
from sandbox.faults.atoms import CallAtom, ClockAtom, PlatformAtom
from sandbox.hunt import confirming
from sandbox.hunt.confirming import attempts, confirmed, has_failed, is_same, why_not
from sandbox.hunt.finding import Finding, found_in, write_finding
from sandbox.hunt.outcome import FAILED, Violation
from sandbox.hunt.scheduling import Scheduling
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import tried
from sandbox.hunt.whole_day import with_all_orders
from sandbox.oracle import Context
from sandbox.runs.judges import Judges
from sandbox.runs.live_settings import FULL, LIGHT, LiveSettings
from sandbox.runs.request import Progress
from tests.sandbox.hunt.small_targets import CANARY, SMALL, window
from tests.sandbox.oracle.history import HOUR_US, History

LOST = CallAtom(
    id="F1",
    kind="lost_reply",
    system="erp",
    operation="createSalesOrder",
    order="W-000001",
    occurrence=1,
    window=window(0),
)
CLOSED = CallAtom(id="F4", kind="outage", system="erp", window=window(8))
CLOCK = ClockAtom(id="F2", window=window(8), offset_us=3_600_000_000)
AWAY = PlatformAtom(id="F3", kind="store_outage", window=window(8))


def finding(trial: Trial) -> Finding:
    """A finding that nobody has carried out."""
    return Finding(SMALL, trial, "I2", "single", None, 0, "two sales orders", "0" * 64, {})


def test_it_is_told_what_of_a_finding_cannot_be_expressed_live() -> None:
    assert why_not(finding(Trial(atoms=(LOST,))), LIGHT) == {}
    assert list(why_not(finding(Trial(atoms=(LOST, CLOCK, AWAY))), LIGHT)) == ["F2", "F3"]
    assert list(why_not(finding(Trial(atoms=(LOST, CLOCK, AWAY))), FULL)) == ["F2"]
    assert list(why_not(finding(Trial(scheduling=Scheduling("pct", seed=3, depth=1))), LIGHT)) == ["drawn ties"]
    assert list(why_not(replace(finding(Trial()), invariant=FAILED), LIGHT)) == [FAILED]
    assert list(why_not(replace(finding(Trial(atoms=(CLOSED,))), invariant="I15"), LIGHT)) == ["I15"]
    assert why_not(replace(finding(Trial(atoms=(CLOSED, LOST))), invariant="I15"), LIGHT) == {}
    assert why_not(finding(Trial(atoms=(CLOSED,))), LIGHT) == {}


@pytest.mark.parametrize(
    ("invariant", "role", "same"), [("I2", "single", True), ("I2", "transient", False), ("I7", "single", False)]
)
def test_only_the_same_invariant_in_the_same_role_confirms(invariant: str, role: str, same: bool) -> None:
    seen = Violation(invariant, role, "W-000007", "SO-7", 5, "another order")
    assert is_same(finding(Trial()), seen) is same


def test_what_is_late_is_seen_though_nothing_else_happens() -> None:
    lost = replace(finding(Trial()), invariant="I1", role="accounted")
    judges, history = Judges(Context(), span_us=24 * HOUR_US), History()
    history.order("A", 1)
    for fact in history.facts:
        judges.oracle.observe(fact)
    assert not has_failed(lost, judges, history.now_us + HOUR_US)
    assert has_failed(lost, judges, history.now_us + 7 * HOUR_US)


def test_a_crowd_of_orders_comes_between_the_fast_attempt_and_the_slow_one() -> None:
    few = _few_of_lost_replies()
    crowded = asyncio.run(with_all_orders(few))
    assert crowded is not None
    assert (crowded.trial.orders, crowded.trial.atoms) == (None, few.trial.atoms)
    assert abs(crowded.at_us - few.at_us) < 24 * HOUR_US
    tried_so = asyncio.run(_attempts(few, None))
    assert [(found.trial, speed > 20) for found, speed in tried_so] == [
        (few.trial, True),
        (crowded.trial, True),
        (few.trial, True),
    ]
    assert tried_so[2][1] < tried_so[0][1]
    assert asyncio.run(_attempts(few, 60.0)) == [(few, 60.0)]


def test_calls_in_a_minute_are_counted_slowly_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async def crowd(found: Finding) -> Finding:
        return found

    monkeypatch.setattr(confirming, "with_all_orders", crowd)
    load = replace(_few_of_lost_replies(), invariant="I15")
    assert [found for found, _ in asyncio.run(_attempts(load, None))] == [load]


def test_no_crowd_where_a_fault_names_an_order_or_the_day_passes_with_it() -> None:
    few = _few_of_lost_replies()
    assert asyncio.run(with_all_orders(replace(few, trial=replace(few.trial, atoms=(LOST,))))) is None
    assert asyncio.run(with_all_orders(replace(few, trial=replace(few.trial, orders=None)))) is None
    assert asyncio.run(with_all_orders(replace(few, role="transient"))) is None


def _few_of_lost_replies() -> Finding:
    """A finding of one order, by a fault that names none."""
    lost = replace(LOST, order=None, occurrence=None)
    trial = Trial(atoms=(lost,), orders=tuple(tried(CANARY, Trial()).orders)[:1])
    outcome = tried(CANARY, trial)
    violation = outcome.first("I2")
    assert violation is not None
    return found_in(CANARY, trial, outcome, violation)


async def _attempts(found: Finding, speed: float | None) -> list[tuple[Finding, float]]:
    return [attempt async for attempt in attempts(found, speed)]


def test_nothing_is_started_for_what_cannot_be_expressed(tmp_path: Path) -> None:
    path = write_finding(tmp_path, finding(Trial(atoms=(CLOCK,))))
    done = CliRunner().invoke(app, ["replay", str(path), "--live"])
    assert done.exit_code == 0, done.output
    assert "can't be expressed live" in done.stdout
    assert "F2: all processes of this machine have one clock" in done.stdout


def test_options_of_one_world_are_refused_in_the_other(tmp_path: Path) -> None:
    path = write_finding(tmp_path, finding(Trial()))
    assert CliRunner().invoke(app, ["replay", str(path), "--live", "--times", "2"]).exit_code == 2
    assert CliRunner().invoke(app, ["replay", str(path), "--speed", "60"]).exit_code == 2


@pytest.mark.campaign
@pytest.mark.parametrize("core", [CANARY.core, None])
def test_a_canary_is_confirmed_live_and_the_reference_core_is_not(core: str | None) -> None:
    trial = Trial(atoms=(LOST,), orders=tuple(tried(CANARY, Trial()).orders)[:1])
    outcome = tried(CANARY, trial)
    violation = outcome.first("I2")
    assert violation is not None
    found = found_in(CANARY, trial, outcome, violation)
    found = replace(found, target=replace(CANARY, core=core))

    def hear(progress: Progress) -> None:
        """Nobody watches."""

    live = confirmed(found, LiveSettings(), hear, lambda *told: None)
    assert live.fired == {"F1": 1}
    assert live.answer == ("confirmed" if core is not None else "not confirmed"), live
