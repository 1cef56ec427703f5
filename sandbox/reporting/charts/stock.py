"""Published stock against true stock: the sums, the gap, and the items that were apart the most."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sandbox.reporting.charts.axes import count_units, legend_above
from sandbox.reporting.charts.svg import BLUE, GREEN, RED, SKY, new_figure
from sandbox.reporting.charts.time_axis import TimeShown, days, share_time
from sandbox.reporting.stock import ItemStock, StockStory
from sandbox.reporting.wording import length


def stock_chart(shown: TimeShown, story: StockStory) -> Figure:
    """Two charts over all items, and one for each of the items that were apart the most."""
    heights = [1.6, 1.1, *[0.9] * len(story.worst)]
    figure = new_figure(sum(heights) + 0.6 + 0.3 * len(heights))
    axes = list(figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0])
    _draw_sums(axes[0], story, shown.until_us)
    _draw_gap(axes[1], story, shown.until_us)
    for at, item in zip(axes[2:], story.worst, strict=True):
        _draw_item(at, item, shown.until_us)
    share_time(axes, shown)
    return figure


def _draw_sums(at: Axes, story: StockStory, until_us: int) -> None:
    last = story.totals[-1]
    moments = days([*(total.at_us for total in story.totals), until_us])
    true = [*(total.true for total in story.totals), last.true]
    told = [*(total.published for total in story.totals), last.published]
    at.plot(moments, true, color=GREEN, label="can be promised (true)", linewidth=4, alpha=0.45)
    at.plot(moments, told, color=BLUE, label="the shop sells (published)", linewidth=1.2)
    at.set_title(f"Stock of all {story.items:,} items, units")
    at.set_ylim(bottom=0)
    count_units(at)
    legend_above(at)


def _draw_gap(at: Axes, story: StockStory, until_us: int) -> None:
    moments = days([*(total.at_us for total in story.totals), until_us])
    over = [*(total.over for total in story.totals), 0]
    under = [*(-total.under for total in story.totals), 0]
    at.fill_between(moments, over, color=RED, alpha=0.85, linewidth=0.8, label="promised too much", step="pre")
    at.fill_between(moments, under, color=SKY, alpha=0.85, linewidth=0.8, label="held back", step="pre")
    at.axhline(0, color=GREEN, linewidth=0.8)
    at.set_title("Widest gap between the two, units")
    if not any(over) and not any(under):
        at.set_ylim(-1, 1)
    count_units(at)
    legend_above(at)


def _draw_item(at: Axes, item: ItemStock, until_us: int) -> None:
    moments = days([*(at_us for at_us, _, _ in item.points), until_us])
    told = [told for _, told, _ in item.points]
    true = [true for _, _, true in item.points]
    told.append(told[-1])
    true.append(true[-1])
    at.step(moments, true, where="post", color=GREEN, linewidth=4, alpha=0.45)
    at.step(moments, told, where="post", color=BLUE, linewidth=1.2)
    _fill(at, moments, told, true, RED)
    _fill(at, moments, true, told, SKY)
    at.set_title(f"{item.sku}: up to {item.widest:,} apart, for up to {length(item.longest_us)}")
    at.set_ylim(bottom=0)
    count_units(at)


def _fill(at: Axes, moments: Sequence[float], upper: Sequence[int], lower: Sequence[int], colour: str) -> None:
    is_apart = [high > low for high, low in zip(upper, lower, strict=True)]
    at.fill_between(moments, upper, lower, where=is_apart, step="post", color=colour, alpha=0.4, linewidth=0)
