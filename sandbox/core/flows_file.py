"""Flows as a person writes them: `orders: event`, `invoicing: {batch: {at: "02:00"}}`; each with its settings."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from sandbox.core.design_words import Block, Count, Duration, DurationOrNever, DurationOrNone, text_default
from sandbox.core.flow_pattern import Batch, BatchableBlock, Plain
from sandbox.core.flows import (
    DAY_US,
    FOREVER_US,
    HOUR_US,
    MINUTE_US,
    SECOND_US,
    CheckFlow,
    Flows,
    NewsFlow,
    StockFlow,
    WorkFlow,
)
from sandbox.core.policies.cadence import After, AtOnce, Cadence


class OrdersEvent(Block):
    """By webhook, and listed as well, because webhooks get lost."""

    poll_every: DurationOrNever = text_default(MINUTE_US)


class CreditEvent(Block):
    """By webhook, and asked for as well."""

    poll_every: Duration = text_default(15 * MINUTE_US)


class FulfilmentEvent(Block):
    """By webhook, and asked for as well."""

    poll_every: Duration = text_default(5 * MINUTE_US)


class SupplyEvent(Block):
    """By webhook, and asked for as well; a list in which there never was anything is asked every eighth time."""

    poll_every: Duration = text_default(15 * MINUTE_US)


class ReturnsEvent(Block):
    """By webhook, and asked for as well; seldom where nobody has ever given anything back."""

    poll_every: Duration = text_default(15 * MINUTE_US)


class MasterDataEvent(Block):
    """Changed customers by webhook; items, of which the ERP tells nobody, and customers as well are asked for."""

    poll_every: DurationOrNever = text_default(15 * MINUTE_US)


class TrackingEvent(Block):
    """By webhook; a parcel that nothing is heard of is asked about."""

    look_after: Duration = text_default(2 * DAY_US)
    look_every: Duration = text_default(DAY_US)


class ChecksApi(Block):
    """Asked for every order, when it comes in."""

    cache: DurationOrNone = text_default(CheckFlow().cache_us)
    cached: Count = Field(CheckFlow().cached, description="accounts, the least recently used leaves first")


class StockEvent(Block):
    """Movements come by webhook; what changed is published a little later, many items at a time."""

    publish_after: Duration = text_default(15 * SECOND_US)
    reconcile_every: Duration = text_default(HOUR_US)


class StockApi(Block):
    """What changed is published at once, by a call for each change."""

    reconcile_every: Duration = text_default(HOUR_US)


_NO_CALL = "it tells us, we cannot be in its place; ask it in a batch, or listen to its events"
_NO_FILE = "no system here offers such files"


class OrdersBlock(BatchableBlock):
    """Orders from the channel."""

    refused: ClassVar[dict[str, str]] = {"api": _NO_CALL, "file": _NO_FILE}
    event: OrdersEvent | None = None


class ChecksBlock(BatchableBlock):
    """Account and prices, checked when an order comes in: asked of the ERP, or held against a copy of its answers."""

    refused: ClassVar[dict[str, str]] = {"event": "the ERP tells nobody when a price changes", "file": _NO_FILE}
    api: ChecksApi | None = None


class CreditBlock(BatchableBlock):
    """What the ERP's clerks decide on orders that are on hold."""

    refused: ClassVar[dict[str, str]] = {"api": _NO_CALL, "file": _NO_FILE}
    event: CreditEvent | None = None


class FulfilmentBlock(BatchableBlock):
    """What becomes of shipments in the warehouses."""

    refused: ClassVar[dict[str, str]] = {"api": _NO_CALL, "file": _NO_FILE}
    event: FulfilmentEvent | None = None


class SupplyBlock(BatchableBlock):
    """Goods that suppliers send, counts, and stock that the warehouses adjust by themselves."""

    refused: ClassVar[dict[str, str]] = {"api": _NO_CALL, "file": _NO_FILE}
    event: SupplyEvent | None = None


class ReturnsBlock(BatchableBlock):
    """What customers give back: what they ask for, and what the warehouses receive."""

    refused: ClassVar[dict[str, str]] = {"api": _NO_CALL, "file": _NO_FILE}
    event: ReturnsEvent | None = None


class MasterDataBlock(BatchableBlock):
    """Items and customers that change in the ERP."""

    refused: ClassVar[dict[str, str]] = {"api": _NO_CALL, "file": _NO_FILE}
    event: MasterDataEvent | None = None


class TrackingBlock(BatchableBlock):
    """Where parcels are."""

    refused: ClassVar[dict[str, str]] = {"api": _NO_CALL, "file": _NO_FILE}
    event: TrackingEvent | None = None


class MilestonesBlock(BatchableBlock):
    """How far an order is, told to the channel."""

    refused: ClassVar[dict[str, str]] = {"file": _NO_FILE}
    api: Plain | None = None
    event: Plain | None = None


class StockBlock(BatchableBlock):
    """What may be sold, told to the channel."""

    refused: ClassVar[dict[str, str]] = {"file": _NO_FILE}
    api: StockApi | None = None
    event: StockEvent | None = None


class WorkBlock(BatchableBlock):
    """Work that the core does by itself in another system."""

    refused: ClassVar[dict[str, str]] = {
        "event": "a posting needs its answer: the next step names the document",
        "file": _NO_FILE,
    }
    api: Plain | None = None


class ExceptionsFlowBlock(BatchableBlock):
    """What people have to solve, told to the operations desk."""

    refused: ClassVar[dict[str, str]] = {"event": "the desk hears no events", "file": _NO_FILE}
    api: Plain | None = None


class FlowsBlock(Block):
    """Each flow of the business, its pattern and settings."""

    orders: OrdersBlock = OrdersBlock(event=OrdersEvent())
    checks: ChecksBlock = ChecksBlock(api=ChecksApi())
    credit: CreditBlock = CreditBlock(event=CreditEvent())
    milestones: MilestonesBlock = MilestonesBlock(event=Plain())
    stock: StockBlock = StockBlock(event=StockEvent())
    fulfilment: FulfilmentBlock = FulfilmentBlock(event=FulfilmentEvent())
    tracking: TrackingBlock = TrackingBlock(event=TrackingEvent())
    supply: SupplyBlock = SupplyBlock(event=SupplyEvent())
    returns: ReturnsBlock = ReturnsBlock(event=ReturnsEvent())
    master_data: MasterDataBlock = MasterDataBlock(event=MasterDataEvent())
    invoicing: WorkBlock = Field(WorkBlock(api=Plain()), description="goods issue and invoice of what has left")
    collection: WorkBlock = Field(WorkBlock(api=Plain()), description="capture of the card, and its booking")
    crediting: WorkBlock = Field(WorkBlock(api=Plain()), description="credit note and refund of what came back")
    exceptions: ExceptionsFlowBlock = Field(
        ExceptionsFlowBlock(batch=Batch.model_construct(every=MINUTE_US, at=None)),
        json_schema_extra={"default": {"batch": {"every": "1m"}}},
    )


def flows_of(file: FlowsBlock) -> Flows:
    """The flows as the core runs them."""
    return Flows(
        orders=_orders(file.orders),
        checks=_checks(file.checks),
        credit=_news(file.credit, After(file.credit.event.poll_every) if file.credit.event else None),
        milestones=WorkFlow(file.milestones.pattern, file.milestones.when(AtOnce())),
        stock=_stock(file.stock),
        fulfilment=_news(file.fulfilment, After(file.fulfilment.event.poll_every) if file.fulfilment.event else None),
        tracking=_tracking(file.tracking),
        supply=_news(file.supply, After(file.supply.event.poll_every) if file.supply.event else None),
        returns=_news(file.returns, After(file.returns.event.poll_every) if file.returns.event else None),
        master_data=_master_data(file.master_data),
        invoicing=WorkFlow(file.invoicing.pattern, file.invoicing.when(AtOnce())),
        collection=WorkFlow(file.collection.pattern, file.collection.when(AtOnce())),
        crediting=WorkFlow(file.crediting.pattern, file.crediting.when(AtOnce())),
        exceptions=WorkFlow(file.exceptions.pattern, file.exceptions.when(AtOnce())),
    )


def _news(block: BatchableBlock, beside: Cadence | None) -> NewsFlow:
    """News that is listened to and asked for `beside`, or asked for in runs alone."""
    if block.batch is not None:
        return NewsFlow("batch", listens=False, ask=block.batch.cadence())
    return NewsFlow(block.pattern, listens=True, ask=beside)


def _orders(block: OrdersBlock) -> NewsFlow:
    every_us = block.event.poll_every if block.event is not None else None
    return _news(block, None if every_us is None else After(every_us))


def _master_data(block: MasterDataBlock) -> NewsFlow:
    every_us = block.event.poll_every if block.event is not None else None
    return _news(block, None if every_us is None else After(every_us))


def _tracking(block: TrackingBlock) -> NewsFlow:
    if block.event is None:
        return _news(block, None)
    return NewsFlow("event", True, After(block.event.look_after), After(block.event.look_every))


def _checks(block: ChecksBlock) -> CheckFlow:
    if block.batch is not None:
        return CheckFlow("batch", FOREVER_US, refresh=block.batch.cadence())
    assert block.api is not None
    return CheckFlow("api", block.api.cache, block.api.cached)


def _stock(block: StockBlock) -> StockFlow:
    if block.event is not None:
        return StockFlow("event", True, After(block.event.publish_after), After(block.event.reconcile_every))
    if block.api is not None:
        return StockFlow("api", True, AtOnce(), After(block.api.reconcile_every))
    assert block.batch is not None
    return StockFlow("batch", False, block.batch.cadence(), block.batch.cadence())
