"""Load and recovery, judged by the calls at the systems' doors."""

from __future__ import annotations

from sandbox.oracle import Context, Oracle, Outcome, Verdict
from tests.sandbox.oracle.history import HOUR_US, MINUTE_US, START_US, History
from tests.sandbox.oracle.judging import judge

SECOND_US = 1_000_000
Call = tuple[int, str, int | None, int | None]


def heard(calls: list[Call], context: Context | None = None) -> dict[str, Verdict]:
    """Verdicts on calls to the ERP: (after so many seconds, about, status, Retry-After in seconds)."""
    oracle = Oracle(context or Context())
    for after_s, about, status, retry_after_s in calls:
        retry_after_us = None if retry_after_s is None else retry_after_s * SECOND_US
        oracle.observe_call(START_US + after_s * SECOND_US, "erp", "postInvoice", about, status, retry_after_us)
    return {verdict.id: verdict for verdict in oracle.close(START_US + 9 * HOUR_US)}


def test_calls_that_go_well_are_checked_and_fine() -> None:
    verdict = heard([(second, f"W-{second}", 201, None) for second in range(600)])["I15"]
    assert (verdict.verdict, verdict.violations, verdict.data) == (Outcome.PASSED, (), {"repeats": 0})
    assert verdict.untried == ("no refusal named a time", "no system served nobody for minutes")


def test_who_repeats_without_end_is_told_once() -> None:
    storm: list[Call] = [(second, "W-1", None if second % 2 else 201, None) for second in range(40)]
    storm += [(60 + second // 10, f"W-{second % 10}", 503, None) for second in range(590)]
    (finding,) = [found for found in heard(storm)["I15"].violations if found.role == "repeats"]
    assert finding.message == "erp got 600 repeated calls in 2 minutes beside 30 first ones: 215 are granted"


def test_a_few_repeats_are_within_the_budget() -> None:
    calls: list[Call] = []
    for second in range(300):
        calls += [(second, f"W-{second}", 503 if second % 4 == 0 else 201, None)]
        calls += [(second, f"W-{second}", 201, None)] if second % 4 == 0 else []
    verdict = heard(calls)["I15"]
    assert (verdict.violations, verdict.data["repeats"]) == ((), 75)


def test_who_comes_again_at_once_after_each_refusal_is_told() -> None:
    """A 429 without a time costs its system little, but not nothing."""
    busy, few = ([(second, "W-1", 429, None) for second in range(0, 3600, every_s)] for every_s in (1, 30))
    assert {found.role for found in heard(busy)["I15"].violations} == {"repeats", "probes"}
    assert heard(few)["I15"].violations == ()


def test_a_system_that_sends_some_away_may_be_asked_again() -> None:
    """Every third call by chance: one more call for two first ones brings all through."""
    calls: list[Call] = []
    for n in range(6000):
        calls += [(n // 5, f"W-{n}", 201 if n % 2 else 429, None)]
        calls += [] if n % 2 else [(n // 5, f"W-{n}", 201, None)]
    verdict = heard(calls)["I15"]
    assert (verdict.violations, verdict.data["repeats"]) == ((), 3000)


def test_a_refusal_that_names_a_time_is_honoured() -> None:
    in_time = heard([(0, "W-1", 429, 30), (31, "W-1", 201, None)])["I15"]
    assert (in_time.violations, in_time.untried) == ((), ("no system served nobody for minutes",))
    (finding,) = heard([(0, "W-1", 429, 30), (10, "W-1", 201, None)])["I15"].violations
    assert (finding.role, finding.at_us) == ("retry_after", START_US + 10 * SECOND_US)
    assert finding.message == "postInvoice of W-1 came to erp 20 seconds before it was asked to"


def test_a_core_that_lost_its_power_has_forgotten_what_it_was_told() -> None:
    context = Context(outages={"core": [(START_US + 2 * SECOND_US, START_US + 9 * SECOND_US)]})
    verdict = heard([(0, "W-1", 503, 30), (10, "W-1", 201, None)], context)["I15"]
    assert (verdict.violations, sum(verdict.excused.values())) == ((), 1)


def test_a_system_that_is_down_is_asked_now_and_then() -> None:
    few: list[Call] = [(minute * 60 + n, f"W-{minute}-{n}", None, None) for minute in range(9) for n in range(10)]
    assert heard(few)["I15"].violations == ()
    (finding,) = heard([*few, *((540 + n, f"W-x-{n}", None, None) for n in range(25))])["I15"].violations
    assert finding.message == "erp serves nobody, and got 25 calls in a minute: 20 probes are granted"


def test_a_system_that_answers_nothing_after_the_faults_has_not_recovered() -> None:
    context = Context(heal_us=START_US + HOUR_US)
    after = 3 * 3600 + 60
    calls: list[Call] = [(after + n, f"W-{n}", 201 if n % 10 else None, None) for n in range(100)]
    verdict = heard(calls, context)["I16"]
    assert [found.message for found in verdict.violations] == ["of 100 calls to erp after the faults, 90 were answered"]
    fine = heard([(second, about, 201, None) for second, about, _, _ in calls], context)["I16"]
    assert (fine.verdict, fine.violations) == (Outcome.PASSED, ())


def test_a_backlog_that_is_not_worked_off() -> None:
    history = History(stock=500)
    orders = [history.order("A", 1) for _ in range(10)]
    heal_us = history.now_us + 10 * MINUTE_US
    history.wait(20)
    for order in orders[:8]:
        order.erp()
    verdict = judge(history.facts, heal_us + 3 * HOUR_US, Context(heal_us=heal_us))["I16"]
    assert [found.message for found in verdict.violations] == [
        "of 10 that waited when the faults were over, 2 were not done two hours later; 2 orders to enter still wait"
    ]
    for order in orders[8:]:
        order.erp()
    done = judge(history.facts, heal_us + 3 * HOUR_US, Context(heal_us=heal_us))["I16"]
    assert (done.violations, done.data) == ((), {"recovery_min": 10.0})


def test_new_work_that_waits_behind_the_old() -> None:
    history = History(stock=500)
    heal_us = history.now_us + 1
    history.wait(3 * 60)
    orders = [history.order("A", 1) for _ in range(20)]
    history.wait(30)
    for order in orders[:10]:
        order.erp()
    history.wait(60)
    for order in orders[10:]:
        order.erp()
    (finding,) = judge(history.facts, history.now_us, Context(heal_us=heal_us))["I16"].violations
    assert finding.message == "of 20 orders to enter that came after the faults, 10 were done within an hour"
