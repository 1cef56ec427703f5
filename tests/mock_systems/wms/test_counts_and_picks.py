"""Counts and picks in any order: the book ends where the differences that were found put it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mock_systems.wms.count_book import Count
from mock_systems.wms.counts import record_count
from tests.mock_systems.wms.warehouse import Warehouse, line

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("begin"), st.just(0)),
        st.tuples(st.just("record"), st.integers(-5, 5)),
        st.tuples(st.just("approve"), st.just(0)),
        st.tuples(st.just("reserve"), st.integers(1, 30)),
        st.tuples(st.just("adjust"), st.integers(-3, 3).filter(bool)),
    ),
    max_size=30,
)


class Shelf:
    """One shelf; `posted` is what an ERP was told, by differences alone."""

    def __init__(self) -> None:
        self.house = Warehouse()
        self.row = self.house.wms.books.sites["LDS"].stock["CUP"]
        self.posted = 100
        self.counts = self.orders = 0
        self.begun: Count | None = None
        self.recorded: Count | None = None

    def step(self, what: str, size: int) -> None:
        """Do one thing, where it can be done now."""
        if what == "begin" and self.begun is None and self.recorded is None:
            self.counts += 1
            row = self.row
            self.begun = Count(f"CNT-{self.counts}", "LDS", "CUP", row.on_hand, row.sequence, "0" * 55)
        elif what == "record" and self.begun is not None:
            count, self.begun = self.begun, None
            count.counted = max(0, count.book + max(size, -max(0, self.row.available)))
            books = self.house.wms.books
            self.house.wms.act(lambda turn: record_count(books, count, turn), self.house.now_us)
            self.recorded = count
        elif what == "approve" and self.recorded is not None:
            self.approve()
        elif what == "reserve":
            self.orders += 1
            self.house.reserve(f"W-{self.orders:06d}", "LDS", line(1, "CUP", size))
        elif what == "adjust" and self.row.available + size >= 0:
            self.house.wms.adjust("LDS", "CUP", size)
            self.posted += size

    def approve(self) -> None:
        """Post the difference at `as_of`, then have it approved, twice."""
        count, self.recorded = self.recorded, None
        assert count is not None
        difference = count.counted - count.book
        self.posted += difference
        for _ in range(2):
            path = f"/counts/{count.count}/approval"
            assert self.house.call("POST", path, {"quantity": difference}).status == 200


@given(STEPS)
def test_any_order_of_counts_and_reservations_leaves_both_books_equal(steps: list[tuple[str, int]]) -> None:
    shelf = Shelf()
    for what, size in steps:
        shelf.step(what, size)
        assert shelf.row.available >= 0, "what is missing must not be promised"
    if shelf.recorded is not None:
        shelf.approve()
    assert shelf.row.on_hand == shelf.posted
    assert shelf.row.blocked == 0
