"""The report of a run: one page that loads nothing, made from the run's record alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from sandbox.records.record import Record
from sandbox.records.record_folder import REPORT_FILE, unwritten
from sandbox.records.summary import ExceptionResult, Summary
from sandbox.reporting import wording
from sandbox.reporting.books import Books, opened
from sandbox.reporting.charts.latency import percentile
from sandbox.reporting.demand import demand_story
from sandbox.reporting.drawings import drawings, gap_told
from sandbox.reporting.headline import headline
from sandbox.reporting.invariant_words import MEANINGS, SIGNS
from sandbox.reporting.key_figures import UNKNOWN, cards
from sandbox.reporting.period import time_shown
from sandbox.reporting.story_choice import first_by_invariant, told_stories
from sandbox.reporting.swim_lanes import LANES
from sandbox.reporting.templates import rendered
from sandbox.whole_files import write_whole

# The parts of the page in their order; those without a title are not in the contents.
TITLES: Mapping[str, str] = {
    "head": "",
    "verdicts": "Verdicts",
    "figures": "Key figures",
    "timeline": "The run over time",
    "latencies": "How long things took",
    "stock": "Published against true stock",
    "books": "Books held against each other",
    "exceptions": "Exceptions put before people",
    "faults": "Faults and traffic",
    "findings": "Findings and their stories",
    "demand": "Where the demand came from",
    "reading": "How to read and repeat this",
}
_EXCEPTIONS_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Cause:
    """All exceptions of one cause: how many, how many still open; the ages of half of them and of the oldest."""

    name: str
    count: int
    open: int
    half_us: int
    oldest_us: int


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The exceptions that are listed, their causes, what is told of all, and until when the open ones aged."""

    shown: list[ExceptionResult]
    causes: list[Cause]
    told: str
    until_us: int


def write_report(folder: Path) -> Path:
    """Write `report.html` into a record's folder, whole or not at all; its path.

    Raises InputError where the folder holds no readable record or a template is wrong, RecordError where the page
    cannot be written.
    """
    record = Record.open(folder)
    with opened(folder) as books:
        page = rendered(_contents(record, books))
    return _written(folder / REPORT_FILE, page)


def _contents(record: Record, books: Books) -> dict[str, Any]:
    summary = record.summary
    shown = time_shown(summary, books)
    tone, sentence = headline(summary, books.count("accepted"))
    stories = told_stories(summary.findings, books)
    drawn, stock = drawings(record, books, shown) if shown else ({}, None)
    return {
        "summary": summary,
        "folder": record.folder.name,
        "sections": list(TITLES),
        "titles": TITLES,
        "signs": SIGNS,
        "meanings": MEANINGS,
        "names": {found.id: found.name for found in summary.invariants},
        "lane_names": LANES,
        "unknown": UNKNOWN,
        "tone": tone,
        "headline": sentence,
        "shown": shown,
        "excused": sum(found.excused for found in summary.invariants),
        "cards": cards(summary.figures),
        "charts": {name: drawn.get(name, Markup()) for name in ("timeline", "latencies", "stock")},
        "stock_told": gap_told(stock) if stock else "",
        "exceptions": _exceptions(summary, shown.end_us if shown else 0),
        "stories": stories,
        "first_finding": Counter(first_by_invariant(stories)),
        "demand": demand_story(summary.demand),
        "facts": books.facts(),
    }


def _exceptions(summary: Summary, until_us: int) -> Exceptions:
    every = sorted(summary.exceptions, key=lambda exception: (exception.opened_us, exception.id))
    still = sum(exception.closed_us is None for exception in every)
    words = f"{wording.plural(len(every), 'exception')}, {still:,} still open."
    if len(every) > _EXCEPTIONS_SHOWN:
        words += f" The first {_EXCEPTIONS_SHOWN} are listed, open ones first."
        every.sort(key=lambda exception: exception.closed_us is not None)
    return Exceptions(every[:_EXCEPTIONS_SHOWN], _causes(summary.exceptions, until_us), words, until_us)


def _causes(exceptions: Sequence[ExceptionResult], until_us: int) -> list[Cause]:
    """The most frequent first."""
    ages_us: defaultdict[str, list[int]] = defaultdict(list)
    still: Counter[str] = Counter()
    for found in exceptions:
        still[found.cause] += found.closed_us is None
        ages_us[found.cause].append((until_us if found.closed_us is None else found.closed_us) - found.opened_us)
    causes = [
        Cause(name, len(ages), still[name], percentile(sorted(ages), 50), max(ages)) for name, ages in ages_us.items()
    ]
    return sorted(causes, key=lambda cause: (-cause.count, cause.name))


def _written(path: Path, page: str) -> Path:
    try:
        write_whole(path, page)
    except OSError as error:
        raise unwritten(path, error) from None
    return path
