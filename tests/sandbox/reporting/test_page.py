"""The report: one page, whole, that loads nothing and says what the record says."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.errors import InputError
from sandbox.oracle.invariants import ALL
from sandbox.records.record import Record
from sandbox.records.record_folder import RecordError
from sandbox.records.recording import RecordWriter
from sandbox.records.summary import ExceptionResult, Summary
from sandbox.reporting.page import TITLES, write_report
from tests.sandbox.oracle.history import HOUR_US, START_US, History
from tests.sandbox.reporting.believable import Day, bad_day, begun, good_day, record_of
from tests.sandbox.reporting.reading import Page, said

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Record]:
    place = tmp_path_factory.mktemp("records")
    nothing = Summary(title="Nothing", scenario="s", design="d", seed=1, repeat="sandbox run s")
    with RecordWriter(place / "stopped", begun()) as writer:
        for fact in Day(60).pass_by().facts[:400]:
            writer.fact(fact)
        stopped = writer.interrupt("the user stopped it")
    with RecordWriter(place / "empty", nothing) as writer:
        empty = writer.close(nothing)
    return {
        "good": good_day(place / "good"),
        "bad": bad_day(place / "bad"),
        "stopped": stopped,
        "empty": empty,
        "quiet": record_of(place / "quiet", History()),
    }


@pytest.fixture(scope="module")
def pages(records: dict[str, Record]) -> dict[str, Page]:
    return {name: Page(write_report(record.folder)) for name, record in records.items()}


KINDS = ("good", "bad", "stopped", "empty", "quiet")


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_whole_and_loads_nothing(pages: dict[str, Page], kind: str) -> None:
    page = pages[kind]
    assert page.loaded() == []
    assert not page.tags() & {"script", "link", "img", "iframe", "object", "base"}
    assert [name for name, count in page.ids().items() if count > 1] == []
    assert page.targets() - set(page.ids()) == set()
    assert [section for section in TITLES if section != "head"] == [
        section.get("id") for section in page.root.iter("section") if section.get("id")
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_those_who_cannot_see_are_told(pages: dict[str, Page], kind: str) -> None:
    root = pages[kind].root
    pictures = [svg for svg in root.iter() if svg.tag.endswith("svg")]
    assert all(svg.get("role") == "img" and len(svg.get("aria-label", "")) > 20 for svg in pictures)
    assert all(th.get("scope") in ("row", "col") for th in root.iter("th"))
    assert root.get("lang") == "en"


def test_a_good_day_says_so_first(pages: dict[str, Page]) -> None:
    page = pages["good"]
    assert page.of_class("headline") == ["✓140 orders, none lost, doubled or wrongly invoiced."]
    assert "erp_outage" in page.text
    assert "sandbox run erp_outage --seed 7" in page.text
    assert page.of_class("banner") == []
    assert "None: no invariant was violated." in page.part("findings")


def test_a_bad_day_says_what_happened_to_whom(records: dict[str, Record], pages: dict[str, Page]) -> None:
    page = pages["bad"]
    assert page.of_class("headline")[0].startswith("✕3 orders were invoiced twice")
    doubled = [found for found in records["bad"].summary.findings if found.role == "once"]
    assert len(doubled) == 3
    for finding in doubled:
        assert finding.message[1:] in page.text
    assert "← evidence" in page.part("findings")


@pytest.mark.parametrize("kind", ["good", "bad"])
def test_every_verdict_is_told_by_colour_sign_and_word(
    records: dict[str, Record], pages: dict[str, Page], kind: str
) -> None:
    verdicts = pages[kind].part("verdicts")
    signs = {"pass": "✓ pass", "violated": "✕ violated", "unknown": "? unknown"}
    assert len(records[kind].summary.invariants) == len(ALL)
    for found in records[kind].summary.invariants:
        told = verdicts[verdicts.index(f"{found.id} {found.name}") :]
        assert signs[found.verdict] in told[:1200]
    assert "✓ met" in verdicts
    assert ("✕ missed" in verdicts) == (kind == "bad")


def test_violations_lead_to_their_stories(records: dict[str, Record], pages: dict[str, Page]) -> None:
    rows = {row.text_of("th")[:3].strip(): row for row in pages["bad"].rows("verdicts")}
    violated = [found for found in records["bad"].summary.invariants if found.verdict == "violated"]
    assert {"I6", "I7"} <= {found.id for found in violated}
    for found in violated:
        (target,) = rows[found.id].links()
        story = pages["bad"].by_id(target.removeprefix("#"))
        assert f"{found.id} {found.name}" in story


def test_what_a_verdict_has_not_tried_is_told_beside_it(records: dict[str, Record], pages: dict[str, Page]) -> None:
    rows = {row.text_of("th").split()[0]: row for row in pages["good"].rows("verdicts")}
    told = {found.id: found.untried for found in records["good"].summary.invariants if found.verdict == "pass"}
    assert told["I7"] == ["nothing was credited", "nothing was refunded"]
    assert "Not tried here: nothing was credited; nothing was refunded." in rows["I7"].text_of("th")
    assert told["I2"] == []
    assert "Not tried" not in rows["I2"].text_of("th")


def test_books_are_held_against_each_other_on_the_page(pages: dict[str, Page]) -> None:
    good = {row.text_of("th"): row.text_of("td") for row in pages["good"].rows("books")}
    assert good["Units: shipped and invoiced"] == "✓ agree"
    assert good["Money: refunded and booked"] == "? nothing to compare"
    (bad,) = [row for row in pages["bad"].rows("books") if row.text_of("td") == "✕ differ"]
    assert bad.text_of("th").startswith("Units: shipped and invoicedFor example W-")
    assert "They were not compared" in pages["stopped"].part("books")


def test_exceptions_are_counted_by_cause_with_their_ages(tmp_path: Path) -> None:
    opened_us, minute_us = START_US + HOUR_US, 60_000_000
    ages_us = (4 * minute_us, 6 * minute_us, 30 * minute_us)
    late = [
        ExceptionResult(
            id=f"EXC-{age_us}",
            order="W-000001",
            cause="no-stock",
            subject="W-000001",
            message="m",
            opened_us=opened_us,
            closed_us=opened_us + age_us,
        )
        for age_us in ages_us
    ]
    open_ = late[0].model_copy(update={"id": "EXC-9", "cause": "credit-hold", "closed_us": None})
    with RecordWriter(tmp_path / "r", begun()) as writer:
        for fact in Day(3).pass_by().facts:
            writer.fact(fact)
        record = writer.close(begun().model_copy(update={"exceptions": [*late, open_]}))
    page = Page(write_report(record.folder))
    causes = [[said(cell) for cell in row.element] for row in page.rows("exceptions")[:2]]
    assert causes == [["no-stock", "3", "0", "6 min", "30 min"], ["credit-hold", "1", "1", "1 d 23 h", "1 d 23 h"]]
    assert len(page.rows("exceptions")) == 2 + 4


def test_a_fault_that_never_struck_is_said_so(pages: dict[str, Page]) -> None:
    faults = pages["good"].part("faults")
    assert "struck 40 times" in faults
    assert "? never struck" in faults


def test_an_interrupted_run_is_said_to_be_one(pages: dict[str, Page]) -> None:
    page = pages["stopped"]
    assert page.of_class("banner") == [
        "This run did not come to its end: the user stopped it. What follows covers what had happened until then."
    ]
    assert page.of_class("headline")[0].startswith("?Not finished: ")
    assert "nothing was judged" in page.text


def test_what_was_not_measured_is_unknown_and_never_zero(pages: dict[str, Page]) -> None:
    figures = pages["empty"].part("figures")
    assert "Perfect orders unknown" in figures
    assert "Order to ship p50unknownp95unknownp99unknown" in figures
    quiet = pages["quiet"].part("figures")
    assert "Orders accepted 0" in quiet
    assert "Perfect orders unknown" in quiet


def test_the_account_of_the_demand_is_told_with_its_source(pages: dict[str, Page]) -> None:
    demand = pages["good"].part("demand")
    assert "orders.csv: 200 lines of 150 orders; 180 of them make 140 orders." in demand
    assert "12,345.00" in demand
    assert "-9.95" in demand
    assert "e.g. line 2: 1,<b>A</b>,2" in demand, "what a customer wrote is text, never markup"
    assert "A Wholesaler (2011), CC0." in demand


def test_the_same_record_gives_the_same_bytes(tmp_path: Path, records: dict[str, Record]) -> None:
    folder = records["bad"].folder
    first = write_report(folder).read_bytes()
    assert write_report(folder).read_bytes() == first
    program = f"import pathlib, sandbox.reporting.page as page; page.write_report(pathlib.Path({str(folder)!r}))"
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment, cwd=tmp_path)
    assert (folder / "report.html").read_bytes() == first


def test_a_record_alone_is_enough_wherever_it_lies(
    tmp_path: Path, records: dict[str, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = tmp_path / "else where & more"
    moved.mkdir()
    for name in ("record.json", "facts.sqlite"):
        (moved / name).write_bytes((records["bad"].folder / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    page = Page(write_report(Path(moved.name)))
    assert page.loaded() == []
    assert sorted(path.name for path in moved.iterdir()) == ["facts.sqlite", "record.json", "report.html"]


def test_ones_own_templates_come_first(
    tmp_path: Path, records: dict[str, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "reports"
    (own / "sections").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    (own / "sections" / "reading.html.j2").write_text("<p id='reading'>Ask {{ summary.design }}’s team.</p>")
    assert "Ask hybrid’s team." in Page(write_report(records["quiet"].folder)).text
    (own / "sections" / "reading.html.j2").write_text("<p>\n{% if %}</p>")
    with pytest.raises(InputError, match=r"reading\.html\.j2:2: is no template"):
        write_report(records["quiet"].folder)
    (own / "sections" / "reading.html.j2").write_text("{{ summery }}")
    with pytest.raises(InputError, match=r"could not be filled in: 'summery' is undefined"):
        write_report(records["quiet"].folder)


def test_ones_own_plot_style_is_read_or_refused(
    tmp_path: Path, records: dict[str, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reports").mkdir()
    monkeypatch.chdir(tmp_path)
    style = tmp_path / "reports" / "charts.mplstyle"
    style.write_text("text.color: 123456\nfont.size: 10\nsvg.fonttype: none\n")
    assert "#123456" in write_report(records["good"].folder).read_text()
    style.write_bytes(b"\xff\xfe\x00broken")
    with pytest.raises(InputError, match=r"charts\.mplstyle: cannot be read as a plot style"):
        write_report(records["good"].folder)


def test_a_damaged_record_is_refused_in_words(tmp_path: Path) -> None:
    record = record_of(tmp_path / "r", History())
    (record.folder / "facts.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(InputError, match=r"facts\.sqlite: cannot be read .*repeat the run"):
        write_report(record.folder)
    (record.folder / "facts.sqlite").unlink()
    sqlite3.connect(record.folder / "facts.sqlite").close()
    with pytest.raises(InputError, match="no such table"):
        write_report(record.folder)


def test_a_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    record = record_of(tmp_path / "r", History())
    (record.folder / "report.html").mkdir()
    with pytest.raises(RecordError, match=r"report\.html: could not be written"):
        write_report(record.folder)
    assert sorted(path.name for path in record.folder.iterdir()) == ["facts.sqlite", "record.json", "report.html"]
