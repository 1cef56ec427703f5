"""Whole runs with an outage, whose books and calls after it were forged: I16 speaks of each way not to recover."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import pytest

from mock_systems.kit.ledger import Fact
from sandbox.oracle import Oracle, Verdict
from sandbox.oracle.verdict import Outcome
from sandbox.runs.judging import context_of
from sandbox.runs.request import unheard
from sandbox.runs.virtual_run import VirtualRun
from tests.sandbox.runs.small_runs import small_scenario

HOUR_US: Final = 3_600_000_000
OUTAGE: Final = {"outage": {"system": "erp", "at": "10:00", "for": "1h"}}


class Call(NamedTuple):
    """A call at a system's door, as the oracle is told of it."""

    at_us: int
    system: str
    operation: str
    about: str
    status: int | None
    retry_after_us: int | None


Happened = Sequence[Fact | Call]
Forgery = Callable[[Happened, int], Happened]


@lru_cache(maxsize=1)
def told() -> tuple[VirtualRun, tuple[Fact | Call, ...]]:
    """A day on which the ERP is away for an hour, and all that the oracle heard of it, in that order."""
    happened: list[Fact | Call] = []
    with TemporaryDirectory() as folder:
        demand = {"orders_per_day": 150, "skus": 12, "customers": 8}
        made = VirtualRun(small_scenario(Path(folder), [OUTAGE], demand=demand), seed=1)
    made.listeners.append(happened.append)
    made.oracle.observe_call = lambda *call: happened.append(Call(*call))
    made.go(unheard)
    return made, tuple(happened)


def judged(happened: Happened) -> Verdict:
    """What I16 says."""
    made, _ = told()
    oracle = Oracle(context_of(made.plan, made.scenario))
    for each in happened:
        if isinstance(each, Call):
            oracle.observe_call(*each)
        else:
            oracle.observe(each)
    return next(verdict for verdict in oracle.close(made.end_us) if verdict.id == "I16")


def accepted(happened: Happened, from_us: int, until_us: int) -> set[str]:
    """The orders taken in that time."""
    facts = (each for each in happened if isinstance(each, Fact) and each.kind == "order.accepted")
    return {fact.entity for fact in facts if from_us <= fact.at_us < until_us}


def backlog_forgotten(happened: Happened, heal_us: int) -> Happened:
    """Nothing is done for orders that were taken during the outage."""
    forgotten = accepted(happened, heal_us - HOUR_US, heal_us)
    assert len(forgotten) >= 3
    return [
        each
        for each in happened
        if isinstance(each, Call) or each.order not in forgotten or each.kind == "order.accepted"
    ]


def new_work_waits(happened: Happened, heal_us: int) -> Happened:
    """What is done for orders that come later than two hours after the outage is done two hours late."""
    new = accepted(happened, heal_us + 2 * HOUR_US, heal_us + 24 * HOUR_US)
    late = [
        each._replace(at_us=each.at_us + 2 * HOUR_US)
        if isinstance(each, Fact) and each.order in new and each.kind != "order.accepted"
        else each
        for each in happened
    ]
    return sorted(late, key=lambda each: each.at_us)


def calls_fail(happened: Happened, heal_us: int) -> Happened:
    """Every tenth call to the ERP still fails when the outage is long over."""
    told, calls = list(happened), 0
    for n, each in enumerate(told):
        if isinstance(each, Call) and each.system == "erp" and each.at_us > heal_us + 2 * HOUR_US:
            calls += 1
            told[n] = each if calls % 10 else each._replace(status=500)
    return told


CASES = {"drained": backlog_forgotten, "goodput": new_work_waits, "answered": calls_fail}


def test_an_outage_that_was_recovered_from_is_fine() -> None:
    _, happened = told()
    verdict = judged(happened)
    assert (verdict.verdict, verdict.untried) == (Outcome.PASSED, ()), "all its parts were put to the test"
    assert 0 < (verdict.data["recovery_min"] or 0) < 60


@pytest.mark.parametrize("role", CASES)
def test_a_run_that_does_not_recover_is_violated(role: str) -> None:
    made, happened = told()
    verdict = judged(CASES[role](happened, made.scenario.start_us + made.plan.heal_us))
    assert verdict.verdict is Outcome.VIOLATED
    assert {finding.role for finding in verdict.violations} == {role}
