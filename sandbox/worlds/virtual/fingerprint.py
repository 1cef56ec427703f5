"""The fingerprint of a run: a SHA-256 over stable labels of everything that happened, in order.

Labels are collected and hashed a block at a time. The chain of the blocks' digests finds the first block in which two
runs differ, and a run that keeps the labels of that block finds the first event.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Collection
from typing import Any, Final

BLOCK: Final = 4096
Label = tuple[Any, ...]
# Version 2 writes each value for itself. Later ones write references, which depend on what is shared and interned.
_MARSHAL_VERSION: Final = 2


class Fingerprint:
    """Add labels: tuples of text, numbers, None and JSON values. `keep` names the blocks whose labels are kept.

    `chain` has the running digest after each full block, `kept` the labels of the blocks asked for.
    """

    def __init__(self, keep: Collection[int] = (), block: int = BLOCK) -> None:
        self.chain: list[str] = []
        self.kept: dict[int, list[Label]] = {}
        self._keep = frozenset(keep)
        self._block = block
        self._labels: list[Label] = []
        self._hash = hashlib.sha256()

    def add(self, label: Label) -> None:
        """Add one event. The label must not change afterwards."""
        labels = self._labels
        labels.append(label)
        if len(labels) >= self._block:
            self._seal()

    def fact(self, fact: Label) -> None:
        """Add a fact of a ledger: a listener for `Ledger.listeners`."""
        labels = self._labels
        labels.append(tuple(fact))
        if len(labels) >= self._block:
            self._seal()

    @property
    def events(self) -> int:
        """How many labels were added."""
        return len(self.chain) * self._block + len(self._labels)

    def digest(self) -> str:
        """The fingerprint so far, in hexadecimal."""
        total = self._hash.copy()
        if self._labels:
            total.update(_bytes(self._labels))
        return total.hexdigest()

    def finish(self) -> str:
        """The fingerprint, with the last block put on the chain however full it is."""
        if self._labels:
            self._seal()
        return self._hash.hexdigest()

    def _seal(self) -> None:
        labels, self._labels = self._labels, []
        if len(self.chain) in self._keep:
            self.kept[len(self.chain)] = labels
        self._hash.update(_bytes(labels))
        self.chain.append(self._hash.hexdigest())


def _bytes(labels: list[Label]) -> bytes:
    try:
        return marshal.dumps(labels, _MARSHAL_VERSION)
    except ValueError:
        wrong = next(label for label in labels if not _can_marshal(label))
        raise TypeError(f"an event's label holds something other than text, numbers and JSON: {wrong!r}") from None


def _can_marshal(label: Label) -> bool:
    try:
        marshal.dumps(label, _MARSHAL_VERSION)
    except ValueError:
        return False
    return True
