"""Lists of an API that are read to their end again and again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

from sandbox.worlds.live.derived.adapter import NotRead, SystemApi

_PAGE: Final = 500


class ChangeList:
    """A list whose pages always name the cursor to go on from. `mark` is where the next reading begins."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.mark: str | None = None

    async def new(self, api: SystemApi) -> list[dict[str, Any]]:
        """The rows that have come since. Where a page fails nothing was read."""
        rows, cursor = [], self.mark
        while True:
            page = await _page(api, self._path, cursor)
            rows += page["items"]
            cursor = page["next_cursor"]
            if not page["has_more"]:
                self.mark = cursor
                return rows

    async def to_the_end(self, api: SystemApi) -> None:
        """Pass over what is there."""
        await self.new(api)


class GrowingList:
    """A list that only grows, and names no cursor on its last page: that page is read again.

    `mark` is that page's cursor, and how many of its rows are known.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._cursor: str | None = None
        self._known = 0

    @property
    def mark(self) -> list[Any]:
        return [self._cursor, self._known]

    @mark.setter
    def mark(self, mark: list[Any]) -> None:
        self._cursor, self._known = mark

    async def new(self, api: SystemApi) -> AsyncIterator[dict[str, Any]]:
        """The rows that have come since, one by one: each is known when the next one is asked for."""
        while True:
            page = await _page(api, self._path, self._cursor)
            for row in page["items"][self._known :]:
                yield row
                self._known += 1
            if page["next_cursor"] is None:
                return
            self._cursor, self._known = page["next_cursor"], 0

    async def to_the_end(self, api: SystemApi) -> None:
        """Pass over what is there."""
        async for _ in self.new(api):
            pass


async def _page(api: SystemApi, path: str, cursor: str | None) -> Any:
    query: dict[str, str | int] = {"limit": _PAGE} if cursor is None else {"limit": _PAGE, "cursor": cursor}
    page = await api.get(path, **query)
    if page is None:
        raise NotRead(f"GET {path}: 404")
    return page
