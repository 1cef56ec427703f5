"""Names are drawn quickly, and are those that Faker itself would have drawn."""

from __future__ import annotations

from faker import Faker

from mock_systems.kit.streams import Streams
from sandbox.demand.people import People


def test_the_pool_is_fakers_own() -> None:
    streams = Streams(7)
    fake = Faker("en_GB")
    fake.seed_instance(streams.number("people"))
    persons, companies, postcodes = ([make() for _ in range(400)] for make in (fake.name, fake.company, fake.postcode))
    people = People(streams)
    for key in map(str, range(200)):
        assert people.person(key) == persons[streams.number("person", key) % 400]
        assert people.company(key) == companies[streams.number("company", key) % 400]
        assert people.postcode("GB", key) == postcodes[streams.number("postcode", key) % 400]
