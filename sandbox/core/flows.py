"""Flows: by which pattern each kind of business news travels, and when it is acted upon. Frozen, times in microseconds.

The defaults are the reference's. `Flow.pattern` is what the design calls it; what the core does follows from the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sandbox.core.policies.cadence import After, AtOnce, Cadence, Every

Pattern = Literal["api", "event", "batch"]

SECOND_US: Final = 1_000_000
MINUTE_US: Final = 60 * SECOND_US
HOUR_US: Final = 60 * MINUTE_US
DAY_US: Final = 24 * HOUR_US
FOREVER_US: Final = 36_500 * DAY_US


@dataclass(frozen=True, slots=True)
class NewsFlow:
    """What a system tells: `listens` to its webhooks, and `ask` it itself (None: never), because webhooks get lost.

    `ask_again` is for asking once more after the first time, where that differs.
    """

    pattern: Pattern
    listens: bool
    ask: Cadence | None
    ask_again: Cadence | None = None


@dataclass(frozen=True, slots=True)
class WorkFlow:
    """What the core does or tells, and `when`."""

    pattern: Pattern
    when: Cadence


@dataclass(frozen=True, slots=True)
class CheckFlow:
    """Accounts and prices are asked of the ERP; what it says of an account is good for `cache_us`.

    With `refresh` the answers about prices are kept as well, and in each of its runs those are dropped that have
    changed. At most `cached` accounts and as many items are kept.
    """

    pattern: Pattern = "api"
    cache_us: int = 10 * MINUTE_US
    cached: int = 5_000
    refresh: Cadence | None = None


@dataclass(frozen=True, slots=True)
class StockFlow:
    """Stock to the channel: `listens` to the warehouses' movements, publishes `when`, compares at `reconcile`."""

    pattern: Pattern
    listens: bool
    when: Cadence
    reconcile: Cadence


@dataclass(frozen=True, slots=True)
class Flows:
    """Every flow of the business. `milestones` by event go over the bus; else the shop is told by calls alone."""

    orders: NewsFlow = NewsFlow("event", True, After(MINUTE_US))
    checks: CheckFlow = CheckFlow()
    credit: NewsFlow = NewsFlow("event", True, After(15 * MINUTE_US))
    milestones: WorkFlow = WorkFlow("event", AtOnce())
    stock: StockFlow = StockFlow("event", True, After(15 * SECOND_US), After(HOUR_US))
    fulfilment: NewsFlow = NewsFlow("event", True, After(5 * MINUTE_US))
    tracking: NewsFlow = NewsFlow("event", True, After(2 * DAY_US), After(DAY_US))
    supply: NewsFlow = NewsFlow("event", True, After(15 * MINUTE_US))
    returns: NewsFlow = NewsFlow("event", True, After(15 * MINUTE_US))
    master_data: NewsFlow = NewsFlow("event", True, After(15 * MINUTE_US))
    invoicing: WorkFlow = WorkFlow("api", AtOnce())
    collection: WorkFlow = WorkFlow("api", AtOnce())
    crediting: WorkFlow = WorkFlow("api", AtOnce())
    exceptions: WorkFlow = WorkFlow("batch", Every(MINUTE_US))
