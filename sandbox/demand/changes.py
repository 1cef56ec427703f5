"""Second thoughts: after a while some shoppers ask to cancel their order, or to have less of it sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mock_systems.kit.streams import Streams
from sandbox import durations
from sandbox.demand.orders import Demand, DemandChange, DemandOrder
from sandbox.moments import Length, Share, format_share

_REASONS = ("changed my mind", "ordered by mistake", "found it cheaper", "takes too long")


class ChangesBlock(BaseModel):
    """The block `changes:` of a demand: which shares of the shoppers ask for a change, and how soon.

    They ask at a time drawn evenly `within` so long after placing the order.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    cancel: Share | None = Field(None, description="ask to cancel, such as 4%")
    edit: Share | None = Field(None, description="ask for less of it, or for another address")
    within: Length = 14_400_000_000

    @model_validator(mode="after")
    def _at_most_all(self) -> Self:
        if (self.cancel or 0) + (self.edit or 0) > 1:
            raise ValueError("cancel and edit together are more than all shoppers: lower one of them")
        return self


def with_changes(demand: Demand, config: ChangesBlock, streams: Streams) -> Demand:
    """The demand with what its shoppers ask later, each drawn by the order's reference."""
    orders = tuple(replace(order, change=_change(order, config, streams)) for order in demand.orders)
    asked = Counter[str](order.change.kind for order in orders if order.change is not None)
    told = tuple(
        f"{asked[kind]:,} shoppers ({format_share(share)}, drawn) ask {what}, within {durations.format(config.within)}."
        for kind, share, what in (
            ("cancellation", config.cancel, "to cancel"),
            ("edit", config.edit, "for less, or for another address"),
        )
        if share is not None
    )
    account = replace(demand.account, derived=(*demand.account.derived, *told))
    return Demand(orders, demand.opening, account)


def _change(order: DemandOrder, config: ChangesBlock, streams: Streams) -> DemandChange | None:
    drawn = streams.fraction("change", order.reference)
    if drawn >= (config.cancel or 0) + (config.edit or 0):
        return None
    after_us = int(streams.fraction("change-after", order.reference) * config.within)
    draw = streams.of("change-what", order.reference)
    if drawn < (config.cancel or 0):
        return DemandChange("cancellation", after_us, draw.choice(_REASONS))
    postcode = f"{draw.randrange(10_000, 100_000)}"
    return DemandChange("edit", after_us, "", draw.randrange(len(order.lines)), draw.random(), postcode)
