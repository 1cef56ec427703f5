"""Trials of a hunt: drawn plans against a bare SimPy model of as many calls, aimed faults against a run without any."""

from __future__ import annotations

import resource
from collections.abc import Sequence
from typing import Any

from sandbox.faults.atoms import CallAtom, Window
from sandbox.hunt.branching import branched
from sandbox.hunt.stage import Stage, beginning_of
from sandbox.hunt.target import Target
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import prepared
from tests.benchmarks.bench_day import bare_model
from tests.campaign.drawn import drawn_trial

DRAWN = Target("hunting_day")
AIMED = Target("hunting_day", until="shipped")
HOUR_US = 3_600_000_000
SEEDS = range(1, 21)


def rows() -> list[dict[str, Any]]:
    """Milliseconds of a drawn and of an aimed trial, drawn trials a second of one core; `ratio` is ours / baseline."""
    drawn = [drawn_trial(seed) for seed in SEEDS]
    calls = sum(_calls(DRAWN, trial) for trial in drawn) // len(drawn)
    ours, bare = _each_s(DRAWN, drawn), min(bare_model(calls) for _ in range(5))
    aimed, whole = _each_s(AIMED, aimed_trials()), min(_each_s(AIMED, [Trial()]) for _ in range(3))
    return [
        _row(f"a drawn trial of hunting_day ({calls:,} remote calls), against a bare SimPy model", "ms", ours, bare),
        _row("an aimed trial, branched off a shared run, against a whole run without faults", "ms", aimed, whole),
        {
            "name": "drawn trials of one core, against bare models",
            "unit": "1/s",
            "ours": round(1 / ours, 2),
            "baseline": round(1 / bare, 2),
            "ratio": round(bare / ours, 3),
        },
    ]


def aimed_trials() -> list[Trial]:
    """A lost reply of the ERP's within each hour of the business day, from each half hour on, as hunts aim them."""
    return [Trial(atoms=(_lost_reply(8 * HOUR_US + number * HOUR_US // 2),)) for number in range(20)]


def _lost_reply(from_us: int) -> CallAtom:
    return CallAtom(id="F1", kind="lost_reply", system="erp", occurrence=2, window=Window(from_us, from_us + HOUR_US))


def _each_s(target: Target, trials: Sequence[Trial]) -> float:
    """Processor seconds of a trial, of the processes that branch off as well."""
    prepared(target)
    before_s = _processor_s()
    outcomes = [outcome for _, outcome in branched(target, trials, None)]
    seconds = _processor_s() - before_s
    failed = [outcome.failures for outcome in outcomes if outcome.failures]
    assert not failed, f"a benchmark of wrong runs says nothing: {failed}"
    return seconds / len(trials)


def _processor_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _calls(target: Target, trial: Trial) -> int:
    """Remote calls of a trial, webhooks included."""
    with Stage(*prepared(target), beginning_of(trial), sites=False) as stage:
        stage.tried(trial, target.until)
        return stage.world.network.calls + stage.world.inbound.traffic.calls


def _row(name: str, unit: str, ours_s: float, baseline_s: float) -> dict[str, Any]:
    ours, baseline = round(ours_s * 1000, 1), round(baseline_s * 1000, 1)
    return {"name": name, "unit": unit, "ours": ours, "baseline": baseline, "ratio": round(ours_s / baseline_s, 2)}
