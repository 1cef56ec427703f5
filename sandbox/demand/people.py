"""Names and postcodes for those whom a history leaves nameless, made up with Faker once and then drawn by hash."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from faker import Faker

from mock_systems.kit.streams import Streams

_POOL = 400


class _Pool(NamedTuple):
    persons: tuple[str, ...]
    companies: tuple[str, ...]
    postcodes: tuple[str, ...]


@lru_cache(maxsize=4)
def _pool(seed: int) -> _Pool:
    fake = Faker("en_GB")
    fake.seed_instance(seed)
    each = range(_POOL)
    return _Pool(
        tuple(fake.name() for _ in each), tuple(fake.company() for _ in each), tuple(fake.postcode() for _ in each)
    )


class People:
    """A pool of names; the same key always gets the same one."""

    def __init__(self, streams: Streams) -> None:
        self._streams, self._pool = streams, _pool(streams.number("people"))

    def person(self, key: str) -> str:
        """A person's name."""
        return self._pool.persons[self._streams.number("person", key) % _POOL]

    def company(self, key: str) -> str:
        """A company's name."""
        return self._pool.companies[self._streams.number("company", key) % _POOL]

    def postcode(self, country: str, key: str) -> str:
        """A British postcode for GB, five digits elsewhere."""
        number = self._streams.number("postcode", key)
        return self._pool.postcodes[number % _POOL] if country == "GB" else f"{number % 90_000 + 10_000}"
