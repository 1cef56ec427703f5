"""The parts of a design as the core runs it: frozen, with times in microseconds. The defaults are the reference's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Acknowledge = Literal["after_commit", "before_commit"]
ShortageRule = Literal["other_site", "substitute", "backorder"]
Precedence = Literal["oldest", "most_valuable"]


@dataclass(frozen=True, slots=True)
class Intake:
    """How what comes in is taken.

    Lists are read once more, `poll_overlap_us` behind (0: not), because they index late and drift; rows of a list are
    asked for `page_limit` at a time. A message is remembered for `dedupe_window_us`, so that it takes effect once.
    The systems are asked every `subscriptions_every_us` whether they still send webhooks (None: never).
    """

    poll_overlap_us: int = 1_800_000_000
    page_limit: int = 100
    dedupe_window_us: int = 2_592_000_000_000
    subscriptions_every_us: int | None = 900_000_000
    deduplicate: bool = True
    acknowledge: Acknowledge = "after_commit"


@dataclass(frozen=True, slots=True)
class Safety:
    """The guards. All are on in the reference; an experiment switches one off to see what it was for."""

    idempotency_keys: bool = True
    look_up_unknown: bool = True
    retries: bool = True
    breakers: bool = True
    versions: bool = True
    recover_after_crash: bool = True
    outbox: bool = True
    leases: bool = True


@dataclass(frozen=True, slots=True)
class Inventory:
    """What of the stock is for sale: `safety_stock` eaches of each item are kept back."""

    safety_stock: int = 0


@dataclass(frozen=True, slots=True)
class Workers:
    """How much is done at once, and how the orders are shared among cores."""

    orders_at_once: int = 200
    partitions: int = 8
    lease_us: int = 300_000_000


@dataclass(frozen=True, slots=True)
class Shortages:
    """What is done about goods that were not found, or that no site has, in this order; and who gets what comes in."""

    short_picks: tuple[ShortageRule, ...] = ("other_site", "substitute", "backorder")
    first: Precedence = "oldest"


@dataclass(frozen=True, slots=True)
class MasterDataRules:
    """Items and customers from the ERP: above which share a price change needs approval."""

    approve_price_change_above: float = 0.3


@dataclass(frozen=True, slots=True)
class Returns:
    """What customers give back: how long a parcel is waited for."""

    give_up_after_us: int = 1_209_600_000_000


@dataclass(frozen=True, slots=True)
class ExceptionRules:
    """When people are told: how long an order has waited for a system that is away, and for stock."""

    unavailable_after_us: int = 14_400_000_000
    backorder_after_us: int = 259_200_000_000
