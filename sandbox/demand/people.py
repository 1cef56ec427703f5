"""Names and postcodes for those whom a history leaves nameless, made up with Faker once and then drawn by hash."""

from __future__ import annotations

from faker import Faker

from mock_systems.kit.streams import Streams

_POOL = 400


class People:
    """A pool of names; the same key always gets the same one."""

    def __init__(self, streams: Streams) -> None:
        fake = Faker("en_GB")
        fake.seed_instance(streams.number("people"))
        self._streams = streams
        self._persons = [fake.name() for _ in range(_POOL)]
        self._companies = [fake.company() for _ in range(_POOL)]
        self._postcodes = [fake.postcode() for _ in range(_POOL)]

    def person(self, key: str) -> str:
        """A person's name."""
        return self._persons[self._streams.number("person", key) % _POOL]

    def company(self, key: str) -> str:
        """A company's name."""
        return self._companies[self._streams.number("company", key) % _POOL]

    def postcode(self, country: str, key: str) -> str:
        """A British postcode for GB, five digits elsewhere."""
        number = self._streams.number("postcode", key)
        return self._postcodes[number % _POOL] if country == "GB" else f"{number % 90_000 + 10_000}"
