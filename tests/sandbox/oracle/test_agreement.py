"""The oracle against a checker that is slow and obvious, on correct histories and on forged ones."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.oracle import Context, Outcome
from tests.sandbox.oracle.forgeries import FORGERIES, forge
from tests.sandbox.oracle.history import HOUR_US, START_US
from tests.sandbox.oracle.judging import assert_agreement, breaches, judge
from tests.sandbox.oracle.plans import Run, runs

QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MINUTE_US = HOUR_US // 60
_LOOK_UPS = ("label look-up", "label look-up of W-000001")


@QUICK
@given(runs())
def test_a_good_core_is_never_accused(run: Run) -> None:
    for invariant, verdict in judge(run.facts, run.end_us).items():
        assert breaches(verdict) == set(), invariant
        assert verdict.verdict in (Outcome.PASSED, Outcome.UNKNOWN)
    assert_agreement(run.facts, run.end_us)


@QUICK
@given(runs(orders=2), st.sampled_from(FORGERIES), st.data())
def test_a_forged_ledger_is_flagged_exactly_when_the_slow_checker_flags_it(
    run: Run, forgery: str, data: st.DataObject
) -> None:
    which = st.integers(0, len(run.facts) - 1)
    forged = forge(run.facts, forgery, data.draw(which), data.draw(which))
    if forged is not None:
        assert_agreement(forged, run.end_us)


@st.composite
def plans_of_outages(draw: st.DrawFn) -> Context:
    """A few outages, in whole minutes; the faults are healed some time."""
    systems = st.sampled_from(("commerce", "erp", "wms", "carrier", "desk", "core", "bus", *_LOOK_UPS))
    outages: dict[str, list[tuple[int, int]]] = {}
    for _ in range(draw(st.integers(0, 3))):
        from_us = START_US + draw(st.integers(0, 600)) * MINUTE_US
        window = (from_us, from_us + draw(st.integers(1, 900)) * MINUTE_US)
        outages.setdefault(draw(systems), []).append(window)
    return Context(heal_us=START_US + draw(st.integers(0, 900)) * MINUTE_US, outages=outages)


@QUICK
@given(runs(orders=2), plans_of_outages(), st.data())
def test_both_judges_grant_the_same_time_for_outages(run: Run, context: Context, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(run.facts) - 1))
    hours = data.draw(st.integers(0, 40))
    late = [fact if n < at else fact._replace(at_us=fact.at_us + hours * HOUR_US) for n, fact in enumerate(run.facts)]
    assert_agreement(late, run.end_us + hours * HOUR_US, context)
