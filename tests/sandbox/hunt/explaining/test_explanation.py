"""A finding explained: schedule, timeline, the nearest passing run, and the page."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sandbox.errors import InputError
from sandbox.faults.atoms import CallAtom
from sandbox.hunt.explaining.differences import Difference, Told
from sandbox.hunt.explaining.explanation import Explanation, Parting, explained, nearest, turns_in_words
from sandbox.hunt.explaining.page import differences, write_page
from sandbox.hunt.finding import Finding, found_in
from sandbox.hunt.scheduling import Scheduling
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import tried
from tests.sandbox.hunt.small_targets import CANARY, HOUR, SMALL, window

LOST = CallAtom(
    id="F1",
    kind="lost_reply",
    system="erp",
    operation="createSalesOrder",
    order="W-000002",
    occurrence=1,
    window=window(0),
)
HARMLESS = CallAtom(id="F2", kind="slow", system="carrier", delay_us=HOUR // 600, window=window(7))


@pytest.fixture(scope="module")
def finding() -> Finding:
    """A sales order made twice, since the first reply was lost; and a fault that has no part in it."""
    trial = Trial(atoms=(LOST, HARMLESS), orders=tuple(tried(CANARY, Trial()).orders)[:2])
    outcome = tried(CANARY, trial)
    violation = outcome.first("I2")
    assert violation is not None
    return found_in(CANARY, trial, outcome, violation)


@pytest.fixture(scope="module")
def explanation(finding: Finding) -> Explanation:
    """It explained."""
    return explained(finding)


def test_it_tells_the_schedule_the_meaning_and_the_life_of_the_order(explanation: Explanation) -> None:
    assert [(fault.id, fault.struck > 0) for fault in explanation.schedule] == [("F1", True), ("F2", True)]
    assert "the 1st createSalesOrder call for W-000002 to the ERP" in explanation.schedule[0].text
    assert explanation.meaning == "An order stands at most once in the ERP."
    assert explanation.orders == ("W-000001", "W-000002")
    assert explanation.violation.order == "W-000002"
    kinds = [step.kind for step in explanation.story.steps]
    assert kinds.count("sales_order.created") == 2
    assert kinds.index("call.struck") < max(place for place, kind in enumerate(kinds) if kind == "sales_order.created")
    assert any(step.is_evidence for step in explanation.story.steps)


def test_the_nearest_passing_run_lacks_the_fault_that_matters(explanation: Explanation) -> None:
    parting = explanation.parting
    assert parting is not None
    assert parting.without == "F1"
    struck = next(step for step in explanation.story.steps if step.kind == "call.struck")
    assert parting.at_us >= struck.at_us
    assert next(name for name, _ in differences(explanation)) == "first noticed"
    assert parting.order is not None
    assert parting.order.failing != parting.order.passing


def test_the_nearest_run_is_the_one_that_is_the_same_for_the_longest() -> None:
    def parting(without: str, at_us: int) -> Parting:
        return Parting(without, None, Difference(Told(at_us, "erp", "an invoice"), None), None)

    assert nearest([parting("F1", 10), parting("F2", 30), parting("F3", 20)]) == parting("F2", 30)
    assert nearest([]) is None


def test_the_page_holds_all_of_it_and_loads_nothing(explanation: Explanation, tmp_path: Path) -> None:
    path = tmp_path / "pages" / "finding.html"
    write_page(explanation, path, "findings/one.yaml")
    page = path.read_text(encoding="utf-8")
    for told in ("I2", "<svg", "createSalesOrder", "sandbox replay findings/one.yaml", "without fault F1 passes"):
        assert told in page
    asked = [value for tag, name, value in _attributes(page) if name in ("src", "href") and tag != "a"]
    assert asked == []


def test_what_passes_now_is_not_explained(finding: Finding) -> None:
    with pytest.raises(InputError, match="does not come about any more"):
        explained(replace(finding, target=SMALL))


def test_turns_are_told_in_words() -> None:
    assert "in turn" in turns_in_words(Scheduling())
    assert "drawn from seed 4" in turns_in_words(Scheduling("drawn", seed=4))
    assert "which change 2 times" in turns_in_words(Scheduling("pct", seed=4, depth=2))


def _attributes(page: str) -> list[tuple[str, str, str | None]]:
    found: list[tuple[str, str, str | None]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend((tag, name, value) for name, value in attrs)

    Reader().feed(page)
    return found
