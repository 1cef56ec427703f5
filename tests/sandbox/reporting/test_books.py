"""What a report adds up in SQL agrees with what the oracle heard fact by fact."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_systems.kit.ledger import Fact
from sandbox.oracle import Context, Oracle
from sandbox.oracle.percentiles import percentile
from sandbox.records.record import Record
from sandbox.reporting.books import opened
from sandbox.reporting.stock import StockFact, StockReplay, stock_story
from tests.sandbox.oracle.history import HOUR_US, MINUTE_US, START_US, History
from tests.sandbox.reporting.believable import END_US, Day, bad_day, good_day, judged, record_of

EVERY_US = 5 * MINUTE_US


@pytest.fixture(scope="module", params=["good 1", "good 2", "bad"])
def record(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Record:
    kind, _, seed = str(request.param).partition(" ")
    folder = tmp_path_factory.mktemp("books") / "r"
    return good_day(folder, seed=int(seed)) if kind == "good" else bad_day(folder)


def test_latencies_are_those_of_the_figures(record: Record) -> None:
    figures = {figure.name: figure for figure in record.summary.figures}
    units = {"order to ship": HOUR_US, "order to cash": HOUR_US, "invoice delay": MINUTE_US}
    with opened(record.folder) as books:
        for name, observed in books.latencies().items():
            assert observed == sorted(observed)
            for percent in (50, 95, 99):
                figure = figures[f"{name} p{percent}"]
                assert figure.n == len(observed) > 0, name
                value_us = percentile(observed, percent)
                assert value_us is not None
                assert figure.value == round(value_us / units[name], 3)
        assert books.count("accepted") == figures["orders accepted"].value


def test_backlogs_are_those_of_the_series(record: Record) -> None:
    told = {"accepted, not yet shipped": "open orders", "shipped, not yet invoiced": "to invoice"}
    _, _, figures, _ = judged(_facts(record))
    series = {series.name: dict(series.points) for series in figures.series()}
    moments = {fact.at_us for fact in record.facts()}
    with opened(record.folder) as books:
        for name, points in books.backlogs(EVERY_US).items():
            assert len(points) > 8
            assert max(value for _, value in points) > 10
            # The oracle's samples hold what happens on their very moment.
            clear = [(at_us, value) for at_us, value in points if at_us not in moments]
            assert len(clear) > 5
            assert [(at_us, series[told[name]][at_us]) for at_us, _ in clear] == clear


def test_a_page_of_stock_ends_where_the_oracle_does(record: Record) -> None:
    oracle = Oracle(Context())
    for fact in _facts(record):
        oracle.observe(fact)
    availability = oracle.cases.availability
    with opened(record.folder) as books:
        story = stock_story(books, EVERY_US, END_US, worst=100)
    last = story.totals[-1]
    both = [availability.of(sku) for sku in ("A", "B", "C")]
    assert (last.published, last.true) == (sum(told for told, _ in both), sum(true for _, true in both))
    assert story.items == 3


def test_a_gap_is_told_with_its_size_and_its_length() -> None:
    replay = StockReplay(EVERY_US)
    history = History(stock=10)
    history.wait(7)
    history.adjust("LDS", "A", -4)  # the shop goes on selling 20 of A
    history.wait(90)
    history.publish()
    history.wait(60)
    _hear(replay, history.facts)
    story = replay.finish(history.now_us, worst=3)
    (item,) = story.worst
    assert (item.sku, item.widest, item.longest_us) == ("A", 4, 90 * MINUTE_US)
    assert item.points == [
        (START_US, 20, 20),
        (START_US + 7 * MINUTE_US, 20, 16),
        (START_US + 97 * MINUTE_US, 16, 16),
    ]
    assert {total.over for total in story.totals} == {0, 4}
    assert all(total.under == 0 for total in story.totals)


def test_a_cancelled_order_frees_nothing_that_was_published_without_it() -> None:
    replay = StockReplay(EVERY_US)
    history = History(stock=10)
    order = history.order("A", 6)
    history.adjust("LDS", "A", 1)
    history.publish()  # 15 of A, with a watermark that covers the order
    history.wait(10)
    order.cancel()
    history.wait(20)
    history.publish()
    _hear(replay, history.facts)
    story = replay.finish(history.now_us, worst=3)
    (item,) = story.worst
    assert [point[1:] for point in item.points] == [(15, 15), (15, 21), (21, 21)]
    assert (item.widest, item.longest_us) == (6, 20 * MINUTE_US)
    assert {total.under for total in story.totals} == {0, 6}


def test_a_return_long_after_the_last_order_is_on_the_page(tmp_path: Path) -> None:
    history = History()
    history.order("A", 2).to_cash("LDS")
    shipped_us = history.now_us
    history.wait(5 * 24 * 60)
    history.move("LDS", "A", 2, "return", "RET-1", None)
    with opened(record_of(tmp_path / "r", history).folder) as books:
        assert books.last_step_us() == history.now_us > shipped_us


def test_what_stands_for_no_time_is_no_gap() -> None:
    day = Day(40)
    history = day.pass_by()
    replay = StockReplay(EVERY_US)
    _hear(replay, history.facts)
    story = replay.finish(history.now_us, worst=3)
    assert story.widest is None
    assert all((total.over, total.under) == (0, 0) for total in story.totals)


def test_a_record_without_facts_has_empty_books(tmp_path: Path) -> None:
    history = History()
    history.facts.clear()
    with opened(record_of(tmp_path / "r", history).folder) as books:
        assert (books.facts(), books.span(), books.last_step_us()) == (0, None, None)
        assert not any(books.latencies().values())
        assert not any(books.backlogs(EVERY_US).values())


def _facts(record: Record) -> list[Fact]:
    return [
        Fact(f.system_seq, f.at_us, f.system, f.kind, f.entity, f.order, f.data, f.trace, f.fence)
        for f in record.facts()
    ]


def _hear(replay: StockReplay, facts: list[Fact]) -> None:
    for fact in facts:
        replay.hear(StockFact(fact.at_us, fact.system, fact.kind, fact.entity, fact.order, fact.data))
