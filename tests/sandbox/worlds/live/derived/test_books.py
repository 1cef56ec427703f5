"""The order and the completeness of derived facts, and lists that are read to their end again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import InputError
from sandbox.worlds.live.derived.adapter import Derived, NotRead, Opened
from sandbox.worlds.live.derived.books import DerivedBooks
from sandbox.worlds.live.derived.finding import find_adapter
from sandbox.worlds.live.derived.lists import ChangeList, GrowingList
from sandbox.worlds.live.proxy.subjects import Maker
from tests.sandbox.worlds.live.derived.derived_run import at_once


def books(folder: Path) -> DerivedBooks:
    made = DerivedBooks("erp", folder / "facts.jsonl", lambda document: Maker(None, None), lambda at_us: at_us)
    made.open(Opened((), None))
    made.begin(100)
    return made


def posted(number: str, at_us: int | None) -> Derived:
    return Derived("invoice.posted", number, "W-1", {}, at_us)


def told(made: DerivedBooks) -> list[tuple[str, int]]:
    return [(fact.entity, fact.at_us) for fact in made.ledger.facts]


def test_what_happened_while_a_reading_went_on_waits_for_the_next_one(tmp_path: Path) -> None:
    made = books(tmp_path)
    made.take([posted("B", 210), posted("A", 150)], read_us=200)
    assert (told(made), made.complete_us) == ([("A", 150)], 200)
    made.take([posted("C", 205)], read_us=300)
    assert told(made) == [("A", 150), ("C", 205), ("B", 210)]
    made.close()


def test_what_is_found_late_is_told_late_and_never_out_of_order(tmp_path: Path) -> None:
    made = books(tmp_path)
    made.take([posted("A", 150)], read_us=200)
    made.take([posted("late", 120), posted("timeless", None)], read_us=300)
    assert told(made) == [("A", 150), ("late", 200), ("timeless", 300)]
    made.close()


def test_a_line_that_broke_off_with_its_process_is_read_from_the_system_again(tmp_path: Path) -> None:
    made = books(tmp_path)
    made.take([posted("A", 150), posted("B", 160)], read_us=200)
    made.close()
    file = tmp_path / "facts.jsonl"
    file.write_bytes(file.read_bytes()[:-9])
    again = DerivedBooks("erp", file, lambda document: Maker(None, None), lambda at_us: at_us)
    assert told(again) == [("A", 150)]
    again.take([posted("A", 150), posted("B", 160)], read_us=200)
    assert told(again) == [("A", 150), ("B", 160)]
    again.close()
    third = DerivedBooks("erp", file, lambda document: Maker(None, None), lambda at_us: at_us)
    assert told(third) == [("A", 150), ("B", 160)]
    third.close()


class Pages:
    """An API with one list in pages of two."""

    def __init__(self, *rows: int, always_named: bool = False) -> None:
        self.rows = list(rows)
        self._always_named = always_named

    async def get(self, path: str, **query: str | int) -> Any:
        start = int(query.get("cursor", 0))
        more = start + 2 < len(self.rows)
        end = min(start + 2, len(self.rows))
        page = {"items": [{"row": row} for row in self.rows[start:end]], "next_cursor": str(end) if more else None}
        return {**page, "next_cursor": str(end), "has_more": more} if self._always_named else page


def test_a_growing_list_gives_a_row_again_whose_taking_failed(tmp_path: Path) -> None:
    api, rows = Pages(1, 2, 3), GrowingList("/gl")
    taken: list[int] = []

    async def take(fails_at: int | None = None) -> None:
        async for row in rows.new(api):
            if row["row"] == fails_at:
                raise NotRead("its document was not read")
            taken.append(row["row"])

    with pytest.raises(NotRead):
        at_once(take(fails_at=2))
    at_once(take())
    api.rows.append(4)
    at_once(take())
    at_once(take())
    assert taken == [1, 2, 3, 4]


def test_a_list_of_changes_goes_on_from_its_last_cursor() -> None:
    api, rows = Pages(1, 2, 3, always_named=True), ChangeList("/items")
    assert [row["row"] for row in at_once(rows.new(api))] == [1, 2, 3]
    api.rows += [4, 5, 6]
    assert [row["row"] for row in at_once(rows.new(api))] == [4, 5, 6]


def test_an_adapter_of_ones_own_is_found_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "class Mine:\n    def __init__(self, opening):\n        self.opening_balances = opening\n"
    )
    assert find_adapter("mine.py:Mine", tmp_path).__name__ == "Mine"  # type: ignore[attr-defined]
    for wrong, why in (("epr", "did you mean 'erp'"), ("mine.py:Other", "has no class"), ("no.py:Mine", "no file")):
        with pytest.raises(InputError, match=why):
            find_adapter(wrong, tmp_path)
