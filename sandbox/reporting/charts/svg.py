"""A matplotlib figure as SVG to stand in a page: the same bytes for the same figure, and in the page's own colours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import matplotlib
from markupsafe import Markup
from matplotlib.figure import Figure

from sandbox import shipped
from sandbox.errors import InputError

STYLE_FILE = "charts.mplstyle"
WIDTH_IN = 10.6

INK, MUTED, EDGE = "#1d2935", "#5d6b79", "#c9d1d9"
BLUE, RED, GREEN, PURPLE, ORANGE, SKY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"
BAND, CALM = "#f3c98b", "#dfe5ea"
# Told apart by those who see no red or no green (Okabe and Ito); the page may tune each to its background.
_FOLLOW_THE_PAGE = {
    INK: "ink", MUTED: "muted", EDGE: "edge", "#e4e8ec": "grid", BLUE: "blue", RED: "red", GREEN: "green",
    PURPLE: "purple", ORANGE: "orange", SKY: "sky", BAND: "band", CALM: "calm",
}  # fmt: skip
_COLOUR = re.compile("|".join(_FOLLOW_THE_PAGE))
_NAMED = re.compile(r'((?:\bid|xlink:href)="#?|url\(#)')
_SCALED = re.compile(r'<svg (?:width="[^"]*"|height="[^"]*"|xmlns:xlink="[^"]*"|viewBox="([^"]*)"|[^>])*>')
# What the page's own style sheet says better, and what tells when and with what the drawing was made.
_NOT_WANTED = re.compile(r"<metadata>.*?</metadata>|<style .*?</style>|font-family: [^;\"]*;? ?", re.DOTALL)


@contextmanager
def chart_style() -> Iterator[None]:
    """Draw as the style file says. Raises InputError where it cannot be read."""
    path = next(path for folder in shipped.folders("reports") if (path := folder / STYLE_FILE).is_file())
    try:
        style = matplotlib.rc_params_from_file(path, use_default_template=False)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read as a plot style ({error})", file=str(path)) from None
    with matplotlib.rc_context(rc={**matplotlib.rcParamsDefault, **style, "backend": "svg"}):
        yield


def new_figure(height_in: float, width_in: float = WIDTH_IN) -> Figure:
    """An empty figure, its axes laid out without overlap."""
    return Figure(figsize=(width_in, height_in), layout="constrained")


def inline_svg(figure: Figure, name: str, told: str) -> Markup:
    """The figure as an element with `told` as its description; `name` is unique in its page."""
    page = StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name}):
        figure.savefig(page, format="svg")
    svg = page.getvalue()
    svg = _NOT_WANTED.sub("", svg[svg.index("<svg") :])
    svg = _NAMED.sub(lambda found: f"{found[1]}{name}-", svg)
    svg = _COLOUR.sub(lambda found: f"var(--chart-{_FOLLOW_THE_PAGE[found[0]]})", svg)
    opening = _SCALED.match(svg)
    assert opening is not None
    head = Markup('<svg xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="{}" role="img" aria-label="{}">')
    return head.format(opening[1], told) + Markup(svg[opening.end() :].strip())
