"""The data office: people who change prices, make and withdraw items, block customers, and mistype, in office hours."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import simpy

from mock_systems.erp.customers import CASH_CUSTOMER
from mock_systems.erp.master_data import change_customer, change_item
from mock_systems.kit.office import Hours
from mock_systems.kit.opening import Item
from mock_systems.kit.physics import HOUR, Process, call_after
from mock_systems.kit.turn import Turn

if TYPE_CHECKING:
    from mock_systems.erp.system import Erp

_HOURS: Final = Hours()
_CORRECTED_AFTER_US: Final = 2 * HOUR


@dataclass(frozen=True, slots=True)
class MasterDataConfig:
    """How many changes of each kind there are in an ordinary day, in the mean; all 0: master data rests.

    Price changes are of 2 to 10%. Breaking ones are prices that change by half, and other case sizes. An invalid row is
    mistyped, and corrected two hours later. `for_us` is how long from the start the office works, None: always.
    """

    price_changes_per_day: float = 0.0
    breaking_changes_per_day: float = 0.0
    new_items_per_day: float = 0.0
    withdrawn_items_per_day: float = 0.0
    invalid_rows_per_day: float = 0.0
    blocked_customers_per_day: float = 0.0
    credit_limits_per_day: float = 0.0
    for_us: int | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            if (getattr(self, each.name) or 0) < 0:
                raise ValueError(f"{each.name} is 0 or more, got {getattr(self, each.name)}")


class DataOffice:
    """Makes the changes, each kind at times of its own stream."""

    def __init__(self, erp: Erp, config: MasterDataConfig) -> None:
        self._erp = erp
        self._config = config
        self._made = 0

    def start(self, env: simpy.Environment) -> None:
        """Begin the kinds of change that there are."""
        config = self._config
        until_us = None if config.for_us is None else int(env.now) + config.for_us
        kinds: tuple[tuple[str, float, Callable[[random.Random, Turn], None]], ...] = (
            ("price", config.price_changes_per_day, self._price),
            ("breaking", config.breaking_changes_per_day, self._breaking),
            ("new", config.new_items_per_day, self._new),
            ("withdrawn", config.withdrawn_items_per_day, self._withdraw),
            ("invalid", config.invalid_rows_per_day, partial(self._mistype, env)),
            ("blocked", config.blocked_customers_per_day, self._block),
            ("credit-limit", config.credit_limits_per_day, self._limit),
        )
        for kind, per_day, change in kinds:
            if per_day > 0:
                env.process(self._work(env, kind, per_day, change, until_us))

    def _work(
        self,
        env: simpy.Environment,
        kind: str,
        per_day: float,
        change: Callable[[random.Random, Turn], None],
        until_us: int | None,
    ) -> Process:
        rng = self._erp.streams.of("erp.data-office", kind)
        while True:
            if closed_us := _HOURS.until_open_us(int(env.now)):
                yield env.timeout(closed_us)
            yield env.timeout(round(rng.expovariate(per_day) * _HOURS.day_us))
            if until_us is not None and env.now >= until_us:
                return
            if not _HOURS.until_open_us(int(env.now)):
                self._erp.act(partial(change, rng), int(env.now))

    def _any_item(self, rng: random.Random) -> Item:
        books = self._erp.books
        skus = sorted(sku for sku in books.items if sku not in books.versions.withdrawn)
        return books.items[skus[rng.randrange(len(skus))]]

    def _price(self, rng: random.Random, turn: Turn) -> None:
        factor = 1 + (0.02 + 0.08 * rng.random()) * (1 if rng.random() < 0.6 else -1)
        change_item(self._erp.books, turn, _at(self._any_item(rng), factor))

    def _breaking(self, rng: random.Random, turn: Turn) -> None:
        item = self._any_item(rng)
        if rng.random() < 0.3:
            changed = replace(item, pack=(6, 24, 10)[rng.randrange(3)])
        else:
            changed = _at(item, 1.5 if rng.random() < 0.7 else 0.5)
        change_item(self._erp.books, turn, changed)

    def _new(self, rng: random.Random, turn: Turn) -> None:
        self._made += 1
        like = self._any_item(rng)
        item = replace(
            like, sku=f"NEW-{self._made:04d}", name=f"New {like.name}"[:200], substitute=None, tax_class="standard"
        )
        change_item(self._erp.books, turn, item)

    def _withdraw(self, rng: random.Random, turn: Turn) -> None:
        change_item(self._erp.books, turn, self._any_item(rng), active=False)

    def _mistype(self, env: simpy.Environment, rng: random.Random, turn: Turn) -> None:
        item, books = self._any_item(rng), self._erp.books
        wrong, unit = (
            (replace(item, price_minor=0), "EA"),
            (replace(item, name=""), "EA"),
            (replace(item, price_minor=item.price_minor // 100), "EA"),
            (item, "BX"),
        )[rng.randrange(4)]
        change_item(books, turn, wrong, unit=unit)
        version = books.versions.of_items[item.sku]

        def correct() -> None:
            if books.versions.of_items[item.sku] == version:
                self._erp.act(lambda turn: change_item(books, turn, item), int(env.now))

        call_after(env, _CORRECTED_AFTER_US, correct)

    def _block(self, rng: random.Random, turn: Turn) -> None:
        self._change_customer(rng, turn, blocked=True)

    def _limit(self, rng: random.Random, turn: Turn) -> None:
        self._change_customer(rng, turn, factor=0.5 + rng.random())

    def _change_customer(
        self, rng: random.Random, turn: Turn, *, blocked: bool | None = None, factor: float = 1.0
    ) -> None:
        books = self._erp.books
        numbers = sorted(number for number in books.accounts if number != CASH_CUSTOMER.customer)
        if not numbers:
            return
        account = books.accounts[numbers[rng.randrange(len(numbers))]]
        limit_minor = round(account.customer.credit_limit_minor * factor)
        customer = replace(account.customer, credit_limit_minor=limit_minor)
        change_customer(books, turn, customer, blocked=account.blocked if blocked is None else blocked)


def _at(item: Item, factor: float) -> Item:
    """The item at another price; its floor keeps its distance."""
    price_minor = max(1, round(item.price_minor * factor))
    floor_minor = item.floor_minor * price_minor // item.price_minor if item.price_minor else 0
    return replace(item, price_minor=price_minor, floor_minor=floor_minor)
