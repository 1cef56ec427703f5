"""Publishing writes what has changed, keeps what people wrote into the index, and loses no released version."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sandbox.verification.published.contract import Kind
from sandbox.verification.published.index import State, read_index
from sandbox.verification.published.writing import release, write
from tests.sandbox.verification.published.small import DAY, api, event, released

LATER = date(2026, 7, 1)


def test_what_is_new_is_a_draft_and_becomes_active_when_it_is_released(tmp_path: Path) -> None:
    assert len(write([api(), event()], tmp_path, DAY)) == 3
    assert [entry.state for entry in read_index(tmp_path).contracts] == [State.DRAFT, State.DRAFT]
    assert release([event()], tmp_path) == [tmp_path / "released/events/shop/order.placed/1.0.0.json"]
    assert [entry.state for entry in read_index(tmp_path).contracts] == [State.DRAFT, State.ACTIVE]
    assert release([event()], tmp_path) == []


def test_nothing_is_written_that_did_not_change(tmp_path: Path) -> None:
    released(tmp_path, api(), event())
    assert write([api(), event()], tmp_path, LATER) == []


def test_a_released_event_stays_when_the_next_version_comes(tmp_path: Path) -> None:
    released(tmp_path, event())
    write([event("2.0.0", title="Other")], tmp_path, LATER)
    new, old = read_index(tmp_path).contracts
    assert (new.version, new.state, new.since) == ("2.0.0", State.ACTIVE, LATER)
    assert (old.version, old.state, old.sunset) == ("1.0.0", State.RETIRED, LATER)
    assert (tmp_path / old.path).is_file()


def test_a_version_that_nobody_knew_is_replaced(tmp_path: Path) -> None:
    write([event("1.1.0")], tmp_path, DAY)
    write([event("1.2.0")], tmp_path, LATER)
    (entry,) = read_index(tmp_path).contracts
    assert (entry.version, entry.since) == ("1.2.0", LATER)
    assert not (tmp_path / "events/shop/order.placed/1.1.0.schema.json").exists()


def test_what_people_wrote_into_the_index_stays(tmp_path: Path) -> None:
    released(tmp_path, api())
    index = tmp_path / "index.yaml"
    index.write_text("# Ask the shop first.\n" + index.read_text().replace("owner: integration", "owner: shop team"))
    write([api("1.1.0", summary="List them")], tmp_path, LATER)
    assert index.read_text().startswith("# Ask the shop first.\n")
    entry = read_index(tmp_path).of(Kind.OPENAPI, "shop")
    assert entry is not None
    assert (entry.owner, entry.version, entry.state) == ("shop team", "1.1.0", State.ACTIVE)
