"""Made-up items and customers for synthetic demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from faker import Faker

from mock_systems.kit.opening import Item
from mock_systems.kit.streams import Streams
from sandbox.demand.derivation import COST_PERCENT

_GOODS = (
    "storage box", "shelf bracket", "cable tie", "work glove", "packing tape", "label roll", "hex bolt", "hinge",
    "paint roller", "drill bit", "torch", "padlock", "bucket", "hand truck", "tarpaulin", "extension lead",
)  # fmt: skip
_COUNTRIES = ("GB",) * 17 + ("IE", "FR", "DE")
_DISCOUNTS_PERCENT = (0, 0, 3, 5, 8)
_FLOOR_PERCENT = 90
_PRICES_MINOR = (150, 15_000)


@dataclass(frozen=True, slots=True)
class Account:
    """A customer who buys on account, `discount_percent` below list."""

    customer: str
    name: str
    country: str
    postcode: str
    discount_percent: int


def made_up_items(count: int, streams: Streams) -> tuple[Item, ...]:
    """Items `SKU-0001`, `SKU-0002` …, the most popular first."""
    fake = Faker("en_GB")
    fake.seed_instance(streams.number("item-names"))
    return tuple(_item(rank, fake.color_name(), streams) for rank in range(1, count + 1))


def _item(rank: int, colour: str, streams: Streams) -> Item:
    sku = f"SKU-{rank:04d}"
    draw = streams.of("item", sku)
    low, high = _PRICES_MINOR
    price = round(low * (high / low) ** draw.random())
    good = _GOODS[draw.randrange(len(_GOODS))]
    weight_g = round(40 * 50 ** draw.random())
    floor, cost = price * _FLOOR_PERCENT // 100, price * COST_PERCENT // 100
    return Item(sku, f"{colour} {good}", price, floor, cost, weight_g)


def made_up_accounts(count: int, streams: Streams) -> tuple[Account, ...]:
    """Customers `CUST-0001`, `CUST-0002` …"""
    fake = Faker("en_GB")
    fake.seed_instance(streams.number("account-names"))
    return tuple(_account(number, fake.company(), fake.postcode(), streams) for number in range(1, count + 1))


def _account(number: int, name: str, postcode: str, streams: Streams) -> Account:
    customer = f"CUST-{number:04d}"
    draw = streams.of("account", customer)
    country = _COUNTRIES[draw.randrange(len(_COUNTRIES))]
    code = postcode if country == "GB" else f"{draw.randrange(10_000, 100_000)}"
    return Account(customer, name, country, code, _DISCOUNTS_PERCENT[draw.randrange(len(_DISCOUNTS_PERCENT))])


def popularity(count: int, exponent: float) -> Sequence[float]:
    """Cumulated weights by rank, Zipf's law: the item of rank r is drawn as often as 1 / r ** exponent."""
    return list(accumulate(rank**-exponent for rank in range(1, count + 1)))
