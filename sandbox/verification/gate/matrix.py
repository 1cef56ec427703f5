"""The matrix: which version of a consumer has met which version of a provider, and what came of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sandbox.verification.gate.model import Book, Published, Result


@dataclass(frozen=True, slots=True)
class Cell:
    """A pair of versions with its last result; `verdict` is empty where there is none. Environments by version."""

    consumer: str
    consumer_version: str
    provider: str
    provider_version: str
    verdict: str
    tested: int
    at_us: int | None
    consumer_in: tuple[str, ...]
    provider_in: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The cell as JSON values."""
        return asdict(self)


def matrix(book: Book, pacticipant: str | None = None, environment: str | None = None) -> list[Cell]:
    """All pairs that have a result, and the pacts that have none; of those with a pacticipant, in an environment.

    A verification counts for each version of a consumer with the same pact.
    """
    found = []
    for pact in book.pacts:
        if pacticipant not in (None, pact.consumer, pact.provider):
            continue
        last: dict[str, Result] = {}
        for one in book.results:
            if (one.content_hash, one.provider) == (pact.content_hash, pact.provider):
                last[one.version] = one
        cells = [_cell(book, pact, version, one) for version, one in last.items()] or [_cell(book, pact, "", None)]
        found += [one for one in cells if environment is None or environment in one.consumer_in + one.provider_in]
    return found


def _cell(book: Book, pact: Published, version: str, result: Result | None) -> Cell:
    return Cell(
        pact.consumer, pact.version, pact.provider, version,
        result.verdict.value if result else "", result.tested if result else 0, result.at_us if result else None,
        _where(book, pact.consumer, pact.version), _where(book, pact.provider, version),
    )  # fmt: skip


def _where(book: Book, pacticipant: str, version: str) -> tuple[str, ...]:
    found = (one for one in book.deployments if (one.pacticipant, one.version) == (pacticipant, version))
    return tuple(dict.fromkeys(one.environment for one in found))
