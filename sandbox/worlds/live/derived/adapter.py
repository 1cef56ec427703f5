"""What a fact adapter is: it reads one system's public API again and again, and says what has happened since.

It is the only place where the words of that API are turned into facts (docs/facts.md). Write one for your system; the
mock ERP's (`erp_adapter.py`) is the worked example.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from mock_systems.kit.opening import Opening


class NotRead(Exception):
    """The API refused, failed or said what can't be understood: the reading is given up, and made again later."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact as an adapter tells it.

    `at_us` is the time that the system's own documents show; None where they show none: the time of the reading.
    `version` tells apart facts of one kind and entity, such as an item's changes: one that was told before is not told
    again, also after a restart. `made` names the document whose making this fact is: it bears the trace and the
    fencing token of the call that made it, where the proxy has seen that. `caused` names one whose maker's trace it
    only shares.
    """

    kind: str
    entity: str
    order: str | None
    data: Mapping[str, Any]
    at_us: int | None = None
    version: int = 0
    made: str | None = None
    caused: str | None = None
    trace: str | None = None


class SystemApi(Protocol):
    """The system's API as an adapter sees it: reads alone, one at a time."""

    async def get(self, path: str, **query: str | int) -> Any:
        """What a read answers, as JSON; None for 404. Raises NotRead for anything but success."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The balances before the first call of a run, without times; and a mark, JSON, of where the run's facts begin."""

    facts: Sequence[Derived]
    mark: Any


class FactAdapter(Protocol):
    """Made anew with each process; it may keep cursors and what it has read in its own fields.

    A reading that raises NotRead (or KeyError, ValueError and the like, for an answer of another shape) has told
    nothing: the next one has to tell it.
    """

    async def opening(self, api: SystemApi) -> Opened:
        """Read the balances; what was posted before then is no fact of the run. Called once in a run, before all."""

    def resume(self, mark: Any) -> None:
        """The process is another one; the run began at `mark`. Facts that are told twice are passed over."""

    async def changes(self, api: SystemApi) -> Sequence[Derived]:
        """What has happened since the last reading, or since the mark."""


class Factory(Protocol):
    """What makes an adapter: a class whose constructor takes the opening balances of the run."""

    def __call__(self, opening: Opening) -> FactAdapter:
        """An adapter for a system that was loaded with these balances."""
