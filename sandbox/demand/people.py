"""Names and postcodes for those whom a history leaves nameless, made up with Faker once and then drawn by hash."""

from __future__ import annotations

from bisect import bisect
from collections import OrderedDict
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from faker import Faker

from mock_systems.kit.streams import Streams

_POOL = 400


class _Pool(NamedTuple):
    persons: tuple[str, ...]
    companies: tuple[str, ...]
    postcodes: tuple[str, ...]


@lru_cache(maxsize=4)
def _pool(seed: int) -> _Pool:
    fake = _fake()
    fake.seed_instance(seed)
    each = range(_POOL)
    return _Pool(
        tuple(fake.name() for _ in each), tuple(fake.company() for _ in each), tuple(fake.postcode() for _ in each)
    )


@lru_cache(maxsize=1)
def _fake() -> Any:
    """A generator of Faker's, made once: to put it together takes as long as some hundred names."""
    fake = Faker("en_GB").factories[0]
    fake.seed_instance(0)  # from now on it has draws of its own, which its providers share
    for provider in fake.providers:
        provider.random_element = _WeighedOnce(provider).element
    return fake


class _WeighedOnce:
    """What a provider of Faker's draws, in a sixth of the time: it adds up hundreds of weights anew for each name."""

    _weighed: dict[int, tuple[Any, list[Any], list[float]]] = {}  # noqa: RUF012  shared: the lists are Faker's own

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self._random = provider.generator.random

    def element(self, elements: Any = ("a", "b", "c")) -> Any:
        """One of `elements`, the same one that Faker would have drawn: as `random.choices`, or `random.choice`."""
        if not isinstance(elements, OrderedDict):
            return self._random.choice(tuple(elements))
        known = self._weighed.get(id(elements))
        if known is None:
            known = self._weighed[id(elements)] = (elements, list(elements), list(accumulate(elements.values())))
        _, choices, sums = known
        return choices[bisect(sums, self._random.random() * (sums[-1] + 0.0), 0, len(choices) - 1)]


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
