"""What the axes of all charts have in common."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, StrMethodFormatter


def count_units(at: Axes) -> None:
    """Few ticks at whole numbers, thousands separated."""
    at.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    at.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def legend_above(at: Axes, columns: int = 2) -> None:
    """A legend in the title's line, at the right end, if there is anything to name."""
    if not at.get_legend_handles_labels()[1]:
        return
    at.legend(
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=columns,
        borderaxespad=0.2,
        handlelength=1.2,
        columnspacing=1.4,
    )
