"""Which findings are told in full, and what of them the page needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.records.summary import Finding
from sandbox.reporting.books import Books
from sandbox.reporting.lives import Lives, Step
from sandbox.reporting.swim_lanes import SwimLanes, swim_lanes

# Enough for one of every invariant.
LIMIT = 12


@dataclass(frozen=True, slots=True)
class ToldStory:
    """A finding's story on the page, under its `number`."""

    number: int
    finding: Finding
    steps: tuple[Step, ...]
    left_out: int
    lanes: SwimLanes


def chosen(findings: Sequence[Finding], limit: int = LIMIT) -> list[Finding]:
    """The first finding of each invariant, then the first of each of its roles, then the earliest; in order of time."""
    seen: set[str | tuple[str, str]] = set()
    ranked: list[tuple[int, int]] = []
    for place, finding in enumerate(findings):
        role = (finding.invariant, finding.role)
        rank = 0 if finding.invariant not in seen else 1 if role not in seen else 2
        seen.update((finding.invariant, role))
        ranked.append((rank, place))
    return [findings[place] for place in sorted(place for _, place in sorted(ranked)[:limit])]


def told_stories(findings: Sequence[Finding], books: Books) -> list[ToldStory]:
    """The stories of the chosen findings, numbered from 1."""
    lives = Lives(books)
    told = []
    for number, finding in enumerate(chosen(findings), start=1):
        story = lives.story(finding)
        told.append(ToldStory(number, finding, story.steps, story.left_out, swim_lanes(story.steps)))
    return told


def first_by_invariant(stories: Sequence[ToldStory]) -> dict[str, int]:
    """The number of each invariant's first story; 0 for any other, so that a template may ask."""
    numbers: dict[str, int] = {}
    for story in stories:
        numbers.setdefault(story.finding.invariant, story.number)
    return numbers
