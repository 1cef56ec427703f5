"""The page of a finding: the schedule, the order's life as a picture, the difference, the proof."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sandbox.errors import InputError
from sandbox.hunt.explaining.differences import Difference
from sandbox.hunt.explaining.explanation import Explanation
from sandbox.hunt.reference import blame
from sandbox.reporting.story_choice import ToldStory
from sandbox.reporting.swim_lanes import LANES, swim_lanes
from sandbox.reporting.templates import rendered
from sandbox.whole_files import write_whole

FINDING_PAGE: Final = "finding.html.j2"
_LANES: Final = {**LANES, "network": "Network", "world": "World", "webhooks": "Webhooks"}


def write_page(explanation: Explanation, path: Path, file: str) -> None:
    """Write it, whole or not at all; `file` is the finding's, which its commands name.

    Raises InputError where it cannot be written, or a template is wrong.
    """
    steps = explanation.story.steps
    story = ToldStory(1, explanation.violation, steps, explanation.story.left_out, swim_lanes(steps))
    values = {
        "found": explanation,
        "finding": explanation.finding,
        "story": story,
        "lane_names": _LANES,
        "file": file,
        "differences": differences(explanation),
        "blame": blame(explanation.finding),
    }
    page = rendered(values, FINDING_PAGE)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, page)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=str(path), remedy="name another file") from None


def differences(explanation: Explanation) -> list[tuple[str, Difference]]:
    """Where the passing run goes another way, each difference once, under what it is about."""
    parting = explanation.parting
    if parting is None:
        return []
    told = [
        ("first noticed", parting.noticed),
        ("first in a book", parting.booked),
        ("first of the order", parting.order),
    ]
    kept: list[tuple[str, Difference]] = []
    for name, one in told:
        if one is not None and all(one != other for _, other in kept):
            kept.append((name, one))
    return kept
