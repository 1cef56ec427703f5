"""The charts of a report, drawn from its books and told in words for those who cannot see them."""

from __future__ import annotations

from collections import defaultdict

from markupsafe import Markup

from sandbox.records.record import Record
from sandbox.reporting.books import Books, Point
from sandbox.reporting.charts.latency import latencies, percentile
from sandbox.reporting.charts.stock import stock_chart
from sandbox.reporting.charts.svg import chart_style, inline_svg
from sandbox.reporting.charts.time_axis import TimeShown
from sandbox.reporting.charts.timeline import Happenings, timeline
from sandbox.reporting.stock import WORTH_SHOWING_US, StockStory, stock_story
from sandbox.reporting.wording import HOUR_US, MINUTE_US, joined, length, moment, plural

_SYSTEMS = ("commerce", "erp", "wms", "carrier", "desk")
# Samples are calls made since the one before.
_CALLS_SERIES = "calls."


def drawings(record: Record, books: Books, shown: TimeShown) -> tuple[dict[str, Markup], StockStory | None]:
    """The charts by name, those with something to show; and the story that the stock chart tells."""
    drawn: dict[str, Markup] = {}
    seen = _happenings(record, books, shown)
    observed = books.latencies()
    stock = stock_story(books, shown.every_us, shown.until_us)
    with chart_style():
        drawn["timeline"] = inline_svg(timeline(shown, seen), "timeline", _told_timeline(shown, seen))
        if any(observed.values()):
            drawn["latencies"] = inline_svg(latencies(observed), "latencies", _told_latencies(observed))
        if stock.totals and stock.items:
            drawn["stock"] = inline_svg(stock_chart(shown, stock), "stock", gap_told(stock))
    return drawn, stock if "stock" in drawn else None


def gap_told(stock: StockStory) -> str:
    """How far published and true stock were apart, in words."""
    if stock.widest is None or stock.longest is None:
        return f"The two agreed at every moment, for all {plural(stock.items, 'item')}."
    widest = f"The widest gap of one item was {plural(stock.widest.widest, 'unit')} ({stock.widest.sku})"
    longest = f"the longest stood for {length(stock.longest.longest_us)} ({stock.longest.sku})"
    if stock.worst:
        return f"{widest}, {longest}. Below the sums: the items that were apart the most."
    return f"{widest}, {longest}; none stood for longer than {length(WORTH_SHOWING_US)}."


def _happenings(record: Record, books: Books, shown: TimeShown) -> Happenings:
    orders_every_us = max(HOUR_US, shown.every_us)
    return Happenings(
        orders_every_us,
        books.orders("accepted", orders_every_us),
        books.orders("refused", orders_every_us),
        books.backlogs(shown.every_us),
        {name: calls for name in _SYSTEMS if (calls := _calls_a_minute(record, name, shown))},
    )


def _calls_a_minute(record: Record, system: str, shown: TimeShown) -> list[Point]:
    """The mean over each stretch, at its end."""
    stretches: defaultdict[int, float] = defaultdict(float)
    for at_us, calls in record.series(_CALLS_SERIES + system):
        if at_us <= shown.until_us:
            stretches[-(-at_us // shown.every_us) * shown.every_us] += calls
    return [(at_us, calls * MINUTE_US / shown.every_us) for at_us, calls in sorted(stretches.items())]


def _told_timeline(shown: TimeShown, seen: Happenings) -> str:
    accepted = sum(count for _, count in seen.accepted)
    busiest = max((count for _, count in seen.accepted), default=0)
    waited = [f"{max((value for _, value in points), default=0):,.0f} {name}" for name, points in seen.backlogs.items()]
    told = f"{plural(accepted, 'order')} accepted, at most {busiest:,} in one bar; {plural(len(shown.faults), 'fault')}"
    return f"Timeline from {moment(shown.start_us)}: {told}; at most {joined(waited)}."


def _told_latencies(observed: dict[str, list[int]]) -> str:
    told = [
        f"{name}: half within {length(percentile(durations, 50))}, 99% within {length(percentile(durations, 99))}"
        for name, durations in observed.items()
        if durations
    ]
    return f"Distributions. {'; '.join(told)}."
