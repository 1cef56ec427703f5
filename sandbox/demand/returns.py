"""Goods that come back: after a while some shoppers ask to return a part of what they bought."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from mock_systems.kit.streams import Streams
from sandbox import durations
from sandbox.demand.orders import Demand, DemandOrder, DemandReturn
from sandbox.moments import DAY_US, Length, Share, format_share

WAITS = (
    "A return can be asked for once the order has left: who wants to give something back earlier waits until it has."
)
_WHOLE_ORDER = 0.25


class ReturnsBlock(BaseModel):
    """The block `returns:` of a demand: the share of orders of which something is given back, and when.

    Shoppers ask at a time drawn evenly from half of `after` to one and a half of it past the order.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    share: Share = Field(description="orders of which something is given back, such as 8%")
    after: Length = 5 * DAY_US
    reasons: Annotated[tuple[str, ...], Field(min_length=1)] = (
        "ordered too many",
        "not as described",
        "arrived damaged",
        "no longer needed",
    )


def with_returns(demand: Demand, config: ReturnsBlock, streams: Streams) -> Demand:
    """The demand with what its shoppers give back, each drawn by the order's reference; besides what it has already."""
    orders = tuple(_giving_back(order, config, streams) for order in demand.orders)
    made = sum(len(order.returns) for order in orders) - sum(len(order.returns) for order in demand.orders)
    told = (
        f"{made:,} shoppers ({format_share(config.share)}, drawn) give something back, "
        f"about {durations.format(config.after)} after they ordered.",
        WAITS,
    )
    account = replace(demand.account, derived=(*demand.account.derived, *told))
    return Demand(orders, demand.opening, account)


def _giving_back(order: DemandOrder, config: ReturnsBlock, streams: Streams) -> DemandOrder:
    if streams.fraction("return", order.reference) >= config.share:
        return order
    draw = streams.of("return-what", order.reference)
    after_us = int(config.after * (0.5 + draw.random()))
    reason = draw.choice(config.reasons)
    made = DemandReturn(order.at_us + after_us, f"{order.reference}/back", _lines(order, draw), reason)
    return replace(order, returns=(*order.returns, made))


def _lines(order: DemandOrder, draw: random.Random) -> tuple[tuple[int, int], ...]:
    """All of the order, or some eaches of one line."""
    if draw.random() < _WHOLE_ORDER:
        return tuple((at, line.quantity) for at, line in enumerate(order.lines))
    at = draw.randrange(len(order.lines))
    return ((at, draw.randint(1, order.lines[at].quantity)),)
