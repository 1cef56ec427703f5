"""The page of a loaded run: whole, loading nothing, with the orders first."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.errors import InputError
from sandbox.records.load_result import LoadResult, StartsResult
from sandbox.reporting.load_page import load_headline, write_load_report
from tests.sandbox.load.loaded import loaded_result
from tests.sandbox.reporting.believable import bad_day, good_day
from tests.sandbox.reporting.reading import Page


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    folder = good_day(tmp_path_factory.mktemp("loads") / "good").folder
    loaded_result().write(folder)
    return Page(write_load_report(folder))


def test_it_is_whole_and_loads_nothing(page: Page) -> None:
    assert page.loaded() == []
    assert not page.tags() & {"script", "link", "img", "iframe", "object", "base"}
    assert [name for name, count in page.ids().items() if count > 1] == []
    pictures = [svg for svg in page.root.iter() if svg.tag.endswith("svg")]
    assert len(pictures) == 2
    assert all(svg.get("role") == "img" and len(svg.get("aria-label", "")) > 20 for svg in pictures)


def test_it_says_what_became_of_the_orders_and_what_was_full_first(page: Page) -> None:
    assert page.of_class("headline") == ["✓235 orders under load, none lost."]
    orders = {row.text_of("th"): row.text_of("td") for row in page.rows("orders")}
    assert orders["the shop confirmed to its buyers"] == orders["in the shop's books"] == "235"
    assert orders["accepted, and nobody answers for them"] == "0"
    assert "Saturated firstcore: processor" in page.text
    assert "2 orders a second, planned: 120 in an hour of the systems' time" in page.text
    assert "Settled after1 min 2 s" in page.text
    assert "not of this run" not in page.text
    assert "48 s" in page.part("machines")
    assert "50 s: kill -9 of core" in page.part("machines")
    assert "none: 3, 201: 235, 409: 2" in page.part("latencies")
    assert "480 planned starts: 1 late, 0 dropped" in page.part("latencies")
    assert "I1 No order is lost" in page.part("verdicts")


def test_a_lost_order_comes_before_a_violated_invariant_and_that_before_a_void_load(tmp_path: Path) -> None:
    good, bad = good_day(tmp_path / "good").summary, bad_day(tmp_path / "bad").summary
    orders = loaded_result().orders
    lost = loaded_result(orders=orders.model_copy(update={"lost": 1, "forgotten": 1}))
    void = loaded_result(starts=StartsResult(planned=9, started=1, late=0, dropped=8, lateness_ms_p99=1, void="late"))
    assert load_headline(lost, bad) == ("violated", "2 orders of 236 lost under load")
    tone, told = load_headline(void, bad)
    assert (tone, told.startswith("no order lost, but I")) == ("violated", True)
    assert load_headline(void, good)[0] == "unknown"
    assert (lost.outcome, void.outcome, loaded_result().outcome) == ("lost", "void", "ok")


def test_a_void_load_is_told_on_top(tmp_path: Path) -> None:
    folder = good_day(tmp_path / "good").folder
    void = StartsResult(planned=9, started=1, late=0, dropped=8, lateness_ms_p99=None, void="8 were dropped")
    nothing = {"saturated_first": None, "events": [], "moments": [], "parts": []}
    loaded_result(starts=void, users=None, cores_of_others=1.5, settled_s=None, **nothing).write(folder)
    page = Page(write_load_report(folder))
    assert page.of_class("banner") == ["The latencies of this run are void: 8 were dropped."]
    assert "Nothing was saturated." in page.part("machines")
    assert "not of this run took 1.50 of the machine's 2 cores in the mean" in page.part("machines")
    assert "Settled afternot in time" in page.text


def test_what_is_no_loaded_run_is_told(tmp_path: Path) -> None:
    folder = good_day(tmp_path / "good").folder
    with pytest.raises(InputError, match=r"load.json: cannot be read as a loaded run; give the folder"):
        LoadResult.read(folder)
    (folder / "load.json").write_text('{"shape": 1}')
    with pytest.raises(InputError, match="cannot be read as a loaded run"):
        LoadResult.read(folder)
