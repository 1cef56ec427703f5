"""Demand made up from a few figures: season, popularity of items, sizes of orders, customers with terms."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from mock_systems.kit.opening import Customer, Item, Opening
from mock_systems.kit.streams import Streams
from sandbox.demand.accounting import Accounting, Tally
from sandbox.demand.arrivals import arrivals
from sandbox.demand.catalogue import Account, made_up_accounts, made_up_items, popularity
from sandbox.demand.changes import ChangesBlock
from sandbox.demand.derivation import SITES, OpeningRules, Share, accounts_of, stock_for, units_of
from sandbox.demand.orders import Demand, DemandLine, DemandOrder, ShipTo, in_time
from sandbox.demand.people import People
from sandbox.demand.profiles import PROFILES
from sandbox.demand.returns import ReturnsBlock
from sandbox.demand.substitutes import SubstitutesBlock
from sandbox.demand.trade import TradeBlock
from sandbox.demand.written_orders import WrittenOrder, written_orders

_SPARE_UNITS = 20
_NEW_ACCOUNT_LIMIT_MINOR = 100_000
_NEW_ACCOUNT_TERMS_DAYS = 30


class SyntheticDemand(TradeBlock):
    """The block `demand:` of a scenario without a history.

    `orders_per_day` is the mean of an ordinary day (the profile's weekdays multiply it), `lines` the mean number
    of lines an order, `quantity` the mean of a line of a guest's; accounts buy `account_quantity` times as much.
    `orders` are placed besides those that are drawn.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    orders_per_day: Annotated[float, Field(gt=0, le=1_000_000)]
    lines: Annotated[float, Field(ge=1, le=100)] = 2.2
    quantity: Annotated[float, Field(ge=1, le=10_000)] = 2.0
    account_quantity: Annotated[float, Field(ge=1, le=1000)] = 3.0
    skus: Annotated[int, Field(ge=1, le=100_000)] = 60
    popularity: Annotated[float, Field(ge=0, le=3)] = 1.0
    customers: Annotated[int, Field(ge=0, le=100_000)] = 40
    account_share: Share = 0.6
    profile: Literal["business_day", "round_the_clock", "b2b_week"] = "business_day"
    opening: OpeningRules = OpeningRules()
    changes: ChangesBlock | None = None
    returns: ReturnsBlock | None = None
    substitutes: SubstitutesBlock | None = None
    orders: Annotated[tuple[WrittenOrder, ...], Field(max_length=1000)] = ()


@dataclass(frozen=True, slots=True)
class _Market:
    """What orders are drawn from."""

    config: SyntheticDemand
    items: Sequence[Item]
    popularity: Sequence[float]
    accounts: Sequence[Account]
    people: People


def synthetic_demand(
    config: SyntheticDemand, start_us: int, days: int, streams: Streams, between_us: tuple[int, int] | None = None
) -> Demand:
    """Orders for `days` from `start_us` (UTC), and opening balances that fit them.

    `between_us` takes only those from one time until before another, both since 1970. Each order is drawn from a stream
    of its own name: more orders, days or spikes shift no others.
    """
    items = config.classed(made_up_items(config.skus, streams), streams)
    market = _Market(
        config,
        items if config.substitutes is None else config.substitutes.paired(items, streams),
        popularity(config.skus, config.popularity),
        made_up_accounts(config.customers, streams),
        People(streams),
    )
    times = arrivals(PROFILES[config.profile], config.orders_per_day, start_us, days, streams)
    drawn = [
        _order(f"R-{name}", at_us, market, streams.of("demand", name))
        for name, at_us in times
        if between_us is None or between_us[0] <= at_us < between_us[1]
    ]
    written = written_orders(config.orders, market.items, config.currency, start_us, market.people)
    orders = in_time([*config.traded(drawn, market.items, streams), *written])
    if config.substitutes is not None:
        orders = config.substitutes.allowed_by(orders, streams)
    opening = _opening(orders, market, streams)
    return Demand(orders, opening, _account_of(orders, config, opening.derivation))


def _order(reference: str, at_us: int, market: _Market, draw: random.Random) -> DemandOrder:
    config = market.config
    account = None
    if market.accounts and draw.random() < config.account_share:
        account = market.accounts[draw.randrange(len(market.accounts))]
    mean = config.quantity * (config.account_quantity if account is not None else 1.0)
    discount = account.discount_percent if account is not None else 0
    ship_to = _ship_to(account, reference, market.people)
    return DemandOrder(
        at_us,
        reference,
        account.customer if account is not None else None,
        "account" if account is not None else "card",
        config.currency,
        ship_to,
        tuple(_line(item, draw, mean, discount) for item in _basket(market, draw)),
    )


def _ship_to(account: Account | None, reference: str, people: People) -> ShipTo:
    if account is not None:
        return ShipTo(account.name, account.country, account.postcode)
    return ShipTo(people.person(reference), "GB", people.postcode("GB", reference))


def _basket(market: _Market, draw: random.Random) -> Iterable[Item]:
    """Different items by popularity; as many as the order has lines."""
    wanted = min(_geometric(draw, market.config.lines), len(market.items))
    chosen: dict[int, Item] = {}
    weights = market.popularity
    for _ in range(20 * wanted):
        rank = min(bisect_right(weights, draw.random() * weights[-1]), len(weights) - 1)
        chosen.setdefault(rank, market.items[rank])
        if len(chosen) == wanted:
            break
    return chosen.values()


def _line(item: Item, draw: random.Random, mean_quantity: float, discount_percent: int) -> DemandLine:
    price = max(item.floor_minor, item.price_minor * (100 - discount_percent) // 100)
    return DemandLine(item.sku, _geometric(draw, mean_quantity), price)


def _geometric(draw: random.Random, mean: float) -> int:
    """1, 2, 3 … with this mean, each next one less likely by the same factor."""
    if mean <= 1:
        return 1
    return 1 + int(log(1.0 - draw.random()) / log(1.0 - 1.0 / mean))


def _opening(orders: Sequence[DemandOrder], market: _Market, streams: Streams) -> Opening:
    """The whole catalogue and all accounts, whether or not they are in the orders."""
    rules = market.config.opening
    known = accounts_of(orders, rules, streams)
    limits = {customer.customer: customer for customer in known.customers}
    units = units_of(orders)
    stock = stock_for({item.sku: units.get(item.sku) or _SPARE_UNITS for item in market.items}, rules, streams)
    told = (
        f"{len(market.items):,} items and {len(market.accounts):,} accounts, made up with Faker.",
        *known.told,
        f"Accounts that order nothing have a credit limit of {_NEW_ACCOUNT_LIMIT_MINOR // 100} and "
        f"{_NEW_ACCOUNT_TERMS_DAYS} days; items that nobody orders are stocked as if {_SPARE_UNITS} were.",
        *stock.told,
    )
    return Opening(
        market.config.currency,
        tuple(market.items),
        tuple(limits.get(account.customer) or _unused(account) for account in market.accounts),
        SITES,
        stock.stock,
        told,
        market.config.tax.opening() if market.config.tax is not None else (),
        market.config.rates(),
    )


def _unused(account: Account) -> Customer:
    return Customer(
        account.customer, account.name, account.country, "account", _NEW_ACCOUNT_TERMS_DAYS, _NEW_ACCOUNT_LIMIT_MINOR
    )


def _account_of(orders: Sequence[DemandOrder], config: SyntheticDemand, derived: tuple[str, ...]) -> Accounting:
    lines = [line for order in orders for line in order.lines]
    drawn = Tally(
        "drawn",
        "a line drawn from the scenario's figures",
        len(lines),
        sum(line.quantity for line in lines),
        sum(line.net_minor for line in lines),
    )
    source = f"synthetic demand ({config.profile}, {config.orders_per_day:g} orders a day)"
    return Accounting(source, config.currency, len(lines), len(orders), len(orders), (drawn,), derived=derived)
