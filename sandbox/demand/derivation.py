"""Opening balances that fit a demand, and the sentences that say how they were derived."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from mock_systems.kit.opening import Customer, Item, Opening, Site, Stock
from mock_systems.kit.streams import Streams
from sandbox.demand.orders import DemandOrder
from sandbox.errors import InputError

SITES = (Site("LDS", "Leeds"), Site("BHM", "Birmingham"), Site("RDG", "Reading"))
TERMS_DAYS = (14, 30, 30, 60)
DAY_US = 86_400_000_000
COST_PERCENT = 60
TIGHT_PERCENT = 80
LIMIT_ORDERS = 3
MONTH_DAYS = 30
SHORT_FROM_UNITS = 10

Share = Annotated[float, Field(ge=0, le=1)]
Eaches = Annotated[int, Field(ge=0, le=1_000_000_000, strict=True)]
K = TypeVar("K")


class OpeningRules(BaseModel):
    """How opening balances follow from a demand; shares are of items or of accounts.

    What stands in `stock` is laid in so and no other way.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    cover: Annotated[float, Field(gt=0, le=1000)] = 1.15
    short_share: Share = 0.02
    short_cover: Annotated[float, Field(ge=0, le=1)] = 0.9
    two_site_share: Share = 0.15
    tight_credit_share: Share = 0.05
    stock: Annotated[dict[str, dict[str, Eaches]], Field(description="set by hand: sku -> site -> eaches")] = {}


@dataclass(frozen=True, slots=True)
class Derived:
    """A part of the opening, with the sentences that tell its rules."""

    items: tuple[Item, ...] = ()
    customers: tuple[Customer, ...] = ()
    stock: tuple[Stock, ...] = ()
    told: tuple[str, ...] = ()


def derive_opening(
    orders: Sequence[DemandOrder], names: Mapping[str, str], currency: str, rules: OpeningRules, streams: Streams
) -> Opening:
    """Items, accounts and stock for these orders, which are all that is known; `names` are items' by sku."""
    items = items_of(orders, names, streams)
    accounts = accounts_of(orders, rules, streams)
    stock = stock_for(units_of(orders), rules, streams)
    told = (*items.told, *accounts.told, *stock.told)
    return Opening(currency, items.items, accounts.customers, SITES, stock.stock, told)


def items_of(orders: Iterable[DemandOrder], names: Mapping[str, str], streams: Streams) -> Derived:
    """One item a sku, priced by what its lines were sold at."""
    prices: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for order in orders:
        for line in order.lines:
            prices[line.sku][line.price_minor] += 1
    items = tuple(_item(sku, names.get(sku) or sku, prices[sku], streams) for sku in sorted(prices))
    told = (
        f"{len(items):,} items. List price: the item's most frequent unit price (the lower of two as frequent). "
        "Floor price: the lowest at which a taken line sold it. "
        f"Cost: {COST_PERCENT}% of the list price. Weight: drawn between 40 g and 2 kg by the item's code.",
    )
    return Derived(items=items, told=told)


def _item(sku: str, name: str, sold_at: Counter[int], streams: Streams) -> Item:
    price = min(sold_at, key=lambda minor: (-sold_at[minor], minor))
    weight_g = round(40 * 50 ** streams.fraction("weight", sku))
    return Item(sku, name, price, min(sold_at), max(1, price * COST_PERCENT // 100), weight_g)


def accounts_of(orders: Iterable[DemandOrder], rules: OpeningRules, streams: Streams) -> Derived:
    """One account for each customer who ordered, with terms and a credit limit from its own orders."""
    totals: defaultdict[str, list[int]] = defaultdict(list)
    first: dict[str, DemandOrder] = {}
    begin_us, end_us = 0, 0
    for order in orders:
        begin_us, end_us = begin_us or order.at_us, order.at_us
        if order.customer is not None:
            totals[order.customer].append(order.base_minor)
            first.setdefault(order.customer, order)
    days = max(1, ceil((end_us - begin_us) / DAY_US))
    tight = set(drawn_share(sorted(totals), rules.tight_credit_share, streams, "tight-credit"))
    customers = tuple(
        _account(first[customer], totals[customer], days, customer in tight, streams) for customer in sorted(totals)
    )
    told = (
        f"{len(customers):,} accounts: every customer id that orders, on terms of 14, 30 or 60 days drawn by id. "
        f"Credit limit: {LIMIT_ORDERS} x its largest order plus {MONTH_DAYS} days at its rate in this demand, "
        "rounded up to whole hundreds. Customers without an id are guests, who pay by card.",
        f"{len(tight):,} accounts ({rules.tight_credit_share:.0%}, drawn) have tight credit: {TIGHT_PERCENT}% of their "
        "largest order, so that it is held.",
    )
    return Derived(customers=customers, told=told)


def _account(order: DemandOrder, totals: list[int], days: int, is_tight: bool, streams: Streams) -> Customer:
    customer = str(order.customer)
    if is_tight:
        limit = max(totals) * TIGHT_PERCENT // 100
    else:
        hundreds = ceil((LIMIT_ORDERS * max(totals) + sum(totals) * MONTH_DAYS / days) / 10_000)
        limit = hundreds * 10_000
    terms = TERMS_DAYS[streams.number("terms", customer) % len(TERMS_DAYS)]
    return Customer(customer, order.ship_to.name, order.ship_to.country, "account", terms, limit)


def units_of(orders: Iterable[DemandOrder]) -> dict[str, int]:
    """Units ordered by sku."""
    units: defaultdict[str, int] = defaultdict(int)
    for order in orders:
        for line in order.lines:
            units[line.sku] += line.quantity
    return dict(units)


def stock_for(units: Mapping[str, int], rules: OpeningRules, streams: Streams) -> Derived:
    """Stock that covers these units, spread unevenly over the sites, a named few items short on purpose.

    Raises InputError where stock is set by hand for an item or a site that there is not.
    """
    _check_by_hand(rules, units)
    skus = sorted(units)
    short = drawn_share(
        [sku for sku in skus if units[sku] >= SHORT_FROM_UNITS], rules.short_share, streams, "short-stock"
    )
    scarce = set(short)
    at_two = set(drawn_share(skus, rules.two_site_share, streams, "two-sites"))
    stock: list[Stock] = []
    for sku in skus:
        if sku in rules.stock:
            stock += [Stock(site, sku, quantity) for site, quantity in rules.stock[sku].items()]
            continue
        total = int(units[sku] * rules.short_cover) if sku in scarce else ceil(units[sku] * rules.cover)
        stock += _spread(sku, total, sku in at_two, streams)
    return Derived(stock=tuple(stock), told=_stock_told(rules, len(at_two), short))


def _check_by_hand(rules: OpeningRules, units: Mapping[str, int]) -> None:
    sites = [site.site for site in SITES]
    for sku, lying in rules.stock.items():
        field = f"demand.opening.stock.{sku}"
        if sku not in units:
            remedy = "name an item of the demand; made-up ones are SKU-0001, SKU-0002 …"
            raise InputError("there is no such item", field=field, remedy=remedy)
        unknown = [site for site in lying if site not in sites]
        if unknown:
            remedy = f"the sites are {', '.join(sites)}"
            raise InputError(f"there is no site {unknown[0]}", field=field, remedy=remedy)


def _stock_told(rules: OpeningRules, at_two: int, short: Sequence[str]) -> tuple[str, ...]:
    return (
        f"Opening stock: units ordered x {rules.cover:g}, rounded up, spread over {len(SITES)} sites in shares drawn "
        f"by item; {at_two:,} items ({rules.two_site_share:.0%}) lie at two sites only. So orders split.",
        f"{len(short):,} items ({rules.short_share:.0%} of those with {SHORT_FROM_UNITS} units or more) are short on "
        f"purpose, at {rules.short_cover:g} of the units ordered, so that the shop sells out: "
        f"{', '.join(short) or 'none'}.",
        *((f"Stock set by hand: {', '.join(sorted(rules.stock))}.",) if rules.stock else ()),
    )


def _spread(sku: str, total: int, at_two: bool, streams: Streams) -> list[Stock]:
    """The units at each site: whole ones, by largest remainder."""
    draw = streams.of("site-shares", sku)
    weights = [(0.5 + draw.random()) / (rank + 2) for rank in range(len(SITES))]
    left_out = draw.randrange(len(SITES))
    if at_two:
        weights[left_out] = 0.0
    exact = [total * weight / sum(weights) for weight in weights]
    whole = [int(share) for share in exact]
    by_remainder = sorted(range(len(SITES)), key=lambda at: (whole[at] - exact[at], at))
    for at in by_remainder[: total - sum(whole)]:
        whole[at] += 1
    return [
        Stock(site.site, sku, quantity)
        for at, (site, quantity) in enumerate(zip(SITES, whole, strict=True))
        if weights[at]
    ]


def drawn_share(keys: Sequence[K], share: float, streams: Streams, purpose: str) -> list[K]:
    """A share of the keys, rounded up, drawn by each key's own fraction; in the order of `keys`."""
    ranked = sorted(keys, key=lambda key: streams.fraction(purpose, key))
    drawn = set(ranked[: ceil(len(keys) * share)])
    return [key for key in keys if key in drawn]
