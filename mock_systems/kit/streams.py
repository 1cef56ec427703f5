"""Named random streams: one per purpose and per entity, so that one more draw in one shifts no other."""

from __future__ import annotations

import random
from hashlib import blake2b

_FLOAT_BITS = 1 << 64


class Streams:
    """All randomness of a run, derived from one seed by hashing names."""

    def __init__(self, seed: int | str) -> None:
        self.seed = seed
        self._prefix = f"{seed}|"

    def number(self, purpose: str, *entity: object) -> int:
        """A 64-bit number that depends on the seed and the names alone."""
        name = self._prefix + purpose + "|" + "|".join(map(str, entity))
        return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")

    def fraction(self, purpose: str, *entity: object) -> float:
        """One draw, uniform in [0, 1): cheaper than a stream where a single number is needed."""
        return self.number(purpose, *entity) / _FLOAT_BITS

    def branch(self, purpose: str, *entity: object) -> Branch:
        """The numbers and draws whose names begin so: `number("a", 1, 2) == branch("a", 1).number("2")`."""
        return Branch(self._prefix + "|".join(map(str, (purpose, *entity))) + "|")

    def of(self, purpose: str, *entity: object) -> random.Random:
        """A fresh generator for this purpose and entity; the same names always give the same draws."""
        return random.Random(self.number(purpose, *entity))


class Branch:
    """Draws for one purpose that are made at each call: the beginning of their names is put together once."""

    __slots__ = ("_prefix",)

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def number(self, rest: str) -> int:
        """A 64-bit number; `rest` is the end of its name, entities parted by `|`."""
        return int.from_bytes(blake2b((self._prefix + rest).encode(), digest_size=8).digest(), "big")

    def fraction(self, rest: str) -> float:
        """One draw, uniform in [0, 1)."""
        return int.from_bytes(blake2b((self._prefix + rest).encode(), digest_size=8).digest(), "big") / _FLOAT_BITS
