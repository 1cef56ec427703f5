"""A register of documents: numbered in the order of posting, found again by the caller's reference."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")


class Register(Generic[T]):
    """Documents of one kind. References are not unique: the ERP books whatever it is told."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._documents: dict[str, T] = {}
        self._by_reference: dict[str, list[T]] = {}

    def __len__(self) -> int:
        return len(self._documents)

    def since(self, count: int) -> Iterator[T]:
        """The documents that came after the first `count`, in the order of posting."""
        return islice(self._documents.values(), count, None)

    def next_number(self) -> str:
        """The number that the next document gets."""
        return f"{self._prefix}-{len(self._documents) + 1:06d}"

    def add(self, number: str, reference: str, document: T) -> None:
        """Keep a document under its number and its reference."""
        self._documents[number] = document
        self._by_reference.setdefault(reference, []).append(document)

    def get(self, number: str) -> T | None:
        """The document with this number."""
        return self._documents.get(number)

    def find(self, reference: str) -> list[T]:
        """All documents with this reference, oldest first."""
        return self._by_reference.get(reference, [])
