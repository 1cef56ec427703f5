"""The check of lists: paged while rows are written, no row is lost and none comes twice."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urljoin, urlsplit

from sandbox.verification.behaviour.bench import Bench, Broken, Trial, Untestable
from sandbox.verification.behaviour.effects import require_good
from sandbox.verification.behaviour.exchange import Request
from sandbox.verification.behaviour.operations import Operation
from sandbox.verification.behaviour.profile import ListBlock
from sandbox.verification.behaviour.sample import Sample, subject_of
from sandbox.verification.behaviour.values import MISSING, at

_ROWS_MOST: Final = 5_000
_WRITES_MOST: Final = 30
_QUIET_PAGE: Final = 50
_PAGES: Final = 20


@dataclass(frozen=True, slots=True)
class Pages:
    """How a list is paged, from the profile and the document."""

    cursor: str
    limit: str | None
    items: str
    row: tuple[str, ...]
    next: str
    more: str | None


async def cursor_stable(bench: Bench, operation: Operation, block: ListBlock, trial: Trial) -> str:
    """Page through the list while rows are written. Raises Broken and Untestable."""
    if block.write is None:
        raise Untestable("nothing is known that adds rows while it is paged: name a sample as `write` in the profile")
    pages = _pages(operation, block)
    made = [await _write(bench, block.write, trial) for _ in range(block.rows)]
    walk = _Walk(bench, operation, block, pages, trial)
    old = [_key(row, pages) async for page in walk.pages(_QUIET_PAGE) for row in page]
    if len(set(old)) < 2 * block.page:
        raise Untestable(f"{len(set(old))} rows are too few for pages of {block.page}: does `write` add rows here?")
    if set(old) & set(made) and (lost := [one for one in made if one not in old]):
        raise Broken(f"{lost[0]} was written before, and no page has it")
    return await _while_written(bench, block.write, walk, old, trial)


async def _while_written(bench: Bench, write: str, walk: _Walk, old: list[str], trial: Trial) -> str:
    size = max(walk.block.page, len(old) // _PAGES)
    seen: dict[str, list[str]] = {}
    written = 0
    async for page in walk.pages(size):
        if len(page) > size and walk.told.limit is not None:
            raise Broken(f"a page has {len(page)} rows, and {size} were asked for")
        for row in page:
            seen.setdefault(_key(row, walk.told), []).append(json.dumps(row, sort_keys=True))
        if written < _WRITES_MOST:
            await _write(bench, write, trial)
            written += 1
    for key in old:
        if key not in seen:
            raise Broken(f"{key} was there before, and no page had it while {written} rows were written")
    for key, rows in seen.items():
        # A row that has changed meanwhile may come once more in a list of changes.
        if len(set(rows)) < len(rows):
            raise Broken(f"{key} came twice, unchanged, while {written} rows were written")
    return f"{len(set(old))} old rows once each, {written} written meanwhile"


class _Walk:
    """Goes through a list from its start, page by page, and gives up on one that does not end."""

    def __init__(self, bench: Bench, operation: Operation, block: ListBlock, pages: Pages, trial: Trial) -> None:
        self._bench, self._operation, self.block, self.told, self._trial = bench, operation, block, pages, trial

    async def pages(self, size: int) -> AsyncIterator[list[Any]]:
        """Each page's rows, `size` of them where that can be asked for.

        Raises Broken for a list without end, or a page that cannot be read.
        """
        cursor: str | None = None
        count = 0
        while True:
            answer = await self._trial.send(self._request(cursor, size))
            rows = at(answer.body, self.told.items)
            if not answer.ok or not isinstance(rows, list):
                raise Broken(f"a page is answered with {answer.told} and no rows at {self.told.items!r}")
            yield rows
            count += max(1, len(rows))
            if count > _ROWS_MOST:
                raise Broken(f"the list does not end within {_ROWS_MOST:,} rows")
            following = at(answer.body, self.told.next)
            more = True if self.told.more is None else at(answer.body, self.told.more)
            if following in (MISSING, None, "") or more is False:
                return
            if self._cursor_in(str(following)) == cursor:
                raise Broken(f"the cursor {cursor!r} leads to itself: the list does not end")
            cursor = self._cursor_in(str(following))

    def _request(self, cursor: str | None, size: int) -> Request:
        names = self._bench.fresh()
        query = dict(self.block.query)
        if self.told.limit is not None:
            query[self.told.limit] = size
        if cursor is not None:
            query[self.told.cursor] = cursor
        url = self._bench.url(self._operation, {**names, **self.block.path}, query)
        return Request("GET", url, self._bench.credential(self.block.as_))

    def _cursor_in(self, following: str) -> str:
        """The cursor itself, or the one in the URL of the next page."""
        parts = urlsplit(urljoin(self._bench.base + "/", following))
        found = parse_qs(parts.query).get(self.told.cursor)
        return found[0] if found and ("?" in following) else following


def _pages(operation: Operation, block: ListBlock) -> Pages:
    told = operation.paging
    cursor = block.cursor or (told.cursor if told is not None else None)
    items = block.items if block.items is not None else told.items if told is not None else None
    following = block.next or (told.next if told is not None else None)
    row = tuple(block.row) or ((told.row,) if told is not None and told.row is not None else ())
    known = {"cursor": cursor, "items": items, "next": following, "row": row or None}
    for name, value in known.items():
        if value is None:
            raise Untestable(f"the document doesn't tell its `{name}`: give it in the profile")
    limit = block.limit or (told.limit if told is not None else None)
    more = block.more or (told.more if told is not None else None)
    return Pages(str(cursor), limit, str(items), row, str(following), more)


async def _write(bench: Bench, name: str, trial: Trial) -> str:
    """Add a row; what the answer calls it."""
    sample = await Sample.make(subject_of(bench, bench.api.operations[name]), trial)
    answer = await sample.send(key=bench.key())
    require_good(answer)
    return str(sample.id_in(answer))


def _key(row: Any, pages: Pages) -> str:
    values = [at(row, pointer) for pointer in pages.row]
    if MISSING in values:
        raise Untestable(f"a row has nothing at {pages.row[values.index(MISSING)]!r}")
    return " ".join(map(str, values))
