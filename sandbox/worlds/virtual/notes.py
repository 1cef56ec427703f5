"""Notes: what the world and the core noticed, beside the facts in the systems' books."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Note(NamedTuple):
    """One thing noticed at `at_us` by `source`: core, network, bus, webhooks, faults or world.

    `kind` is `noun.verb-past`, `entity` what it happened to, `order` the channel's order number where it is known.
    """

    at_us: int
    source: str
    kind: str
    entity: str
    order: str | None
    detail: Mapping[str, Any]


Noting = Callable[[str, str, str, "str | None", Mapping[str, Any]], None]


def unnoted(source: str, kind: str, entity: str, order: str | None, detail: Mapping[str, Any]) -> None:
    """For a part that is used without a world."""


def unheard(label: tuple[Any, ...]) -> None:
    """For a part that is used without a fingerprint."""


class CoreNotes:
    """The Observer port: passes on what the core notices; `order` in the detail names the order."""

    def __init__(self, noting: Noting) -> None:
        self._noting = noting

    def note(self, kind: str, entity: str, /, **detail: Any) -> None:
        """One thing noticed."""
        self._noting("core", kind, entity, detail.pop("order", None), detail)
