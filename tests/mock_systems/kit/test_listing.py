"""Lists in pages, while rows are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_systems.kit.listing import Changes, page_by_key, page_by_position
from mock_systems.kit.wire import Refusal


@given(st.sets(st.text(min_size=1, max_size=3)), st.integers(1, 7))
def test_pages_by_key_are_the_whole_list(names: set[str], limit: int) -> None:
    keys = sorted(names)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page, cursor = page_by_key(keys, cursor, limit)
        seen.extend(page)
        assert page or not keys, "no page is empty"
        if cursor is None:
            break
    assert seen == keys


@given(st.lists(st.integers(0, 3), max_size=40), st.integers(1, 5))
def test_pages_by_position_keep_up_with_a_growing_list(growth: list[int], limit: int) -> None:
    rows: list[int] = []
    seen: list[int] = []
    cursor: str | None = None
    for more in [*growth, 0]:
        page, follow = page_by_position(rows, cursor, limit)
        if follow is not None:
            seen.extend(page)
            cursor = follow
        rows.extend(range(len(rows), len(rows) + more))
    page, _ = page_by_position(rows, cursor, 500)
    assert seen + list(page) == rows


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.booleans()), max_size=60), st.integers(1, 3))
def test_a_poller_sees_the_latest_change_of_each_entity(steps: list[tuple[str, bool]], limit: int) -> None:
    changes = Changes()
    latest: dict[str, int] = {}
    seen: list[tuple[str, int]] = []
    cursor: str | None = None
    for entity, poll in steps:
        latest[entity] = changes.note(entity)
        if poll:
            page = changes.page(cursor, limit)
            seen.extend((e, latest[e]) for e in page.entities)
            cursor = page.next_cursor
    page = changes.page(cursor, 500)
    assert not page.has_more
    seen.extend((e, latest[e]) for e in page.entities)
    assert dict(seen) == latest
    assert len(set(seen)) == len(seen)
    assert [number for _, number in seen] == sorted(number for _, number in seen)


@pytest.mark.parametrize("cursor", ["x", "-1", "2", "١", "1.0", ""])
def test_a_cursor_that_no_page_gave_is_refused(cursor: str) -> None:
    with pytest.raises(Refusal) as refusal:
        page_by_position([1], cursor, 10)
    assert (refusal.value.status, refusal.value.code) == (422, "invalid-cursor")
