"""Goods that the warehouses were told to expect: the book of all of them, and those that came unannounced."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, Protocol, TypeVar

from mock_systems.kit.listing import Changes, ListQuery
from mock_systems.kit.wire import Reply


class Announcement(Protocol):
    """What is expected at one site. `number` is the warehouse's, `reference` the sender's."""

    site: str
    state: Any
    updated_at_us: int

    @property
    def number(self) -> str:
        """The number that the warehouse system gave it."""

    @property
    def reference(self) -> str:
        """Under what its sender announced it: several may have the same."""

    @property
    def is_awaited(self) -> bool:
        """Whether its goods have not come yet."""

    def view(self) -> dict[str, Any]:
        """It, as the API shows it now."""


A = TypeVar("A", bound=Announcement)
Goods = TypeVar("Goods")


class AnnouncementBook(Generic[A]):
    """All announcements of one kind, also by reference, and the order in which they changed last."""

    def __init__(self) -> None:
        self.all: dict[str, A] = {}
        self.by_reference: dict[str, list[A]] = {}
        self.changes = Changes()

    def add(self, announced: A) -> None:
        """Keep a new one."""
        self.all[announced.number] = announced
        self.by_reference.setdefault(announced.reference, []).append(announced)
        self.changes.note(announced.number)

    def enter(self, announced: A, state: str, now_us: int) -> None:
        """Give one its next state and its place at the end of the list."""
        announced.state = state
        announced.updated_at_us = now_us
        self.changes.note(announced.number)

    def awaiting(self, reference: str, site: str) -> A | None:
        """The oldest of this reference whose goods have not come to the site yet."""
        for announced in self.by_reference.get(reference, ()):
            if announced.is_awaited and announced.site == site:
                return announced
        return None

    def listed(self, reference: str | None, query: ListQuery) -> Reply:
        """A page by latest change; with a reference, all that were announced under it, oldest first."""
        if reference is not None:
            found: Iterable[A] = self.by_reference.get(reference, ())
            return Reply(200, {"items": [each.view() for each in found], "next_cursor": None, "has_more": False})
        page = self.changes.page(query.cursor, query.limit)
        items = [self.all[number].view() for number in page.entities]
        return Reply(200, {"items": items, "next_cursor": page.next_cursor, "has_more": page.has_more})


def take_waiting(waiting: dict[str, list[Goods]], reference: str) -> Goods | None:
    """The oldest goods that came to a site under this reference before they were announced; they wait no longer."""
    found = waiting.get(reference)
    if not found:
        return None
    oldest = found.pop(0)
    if not found:
        del waiting[reference]
    return oldest
