"""Order to cash: one saga an order, from the channel's order to its money and to the customer's door.

Every effect has a key that is the same at every attempt, and is written down with or before the next one that could
not simply be repeated; so another incarnation can take the saga up at any point. What a step cannot do now it
says by raising.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core.journal.identity import IdentityConflict
from sandbox.core.journal.leases import LeaseLost
from sandbox.core.journal.outbox import Kept
from sandbox.core.journal.signals import Signals
from sandbox.core.model.errand import Errand
from sandbox.core.model.order import Order
from sandbox.core.model.shipment import NEWSWORTHY_STATES, Outbound
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.ports import Row, Transaction
from sandbox.core.processes.billing import Billing
from sandbox.core.processes.exception_queue import ExceptionQueue
from sandbox.core.processes.fulfilment import Fulfilment
from sandbox.core.processes.lane import OrderLanes, let_go
from sandbox.core.processes.news import take_in
from sandbox.core.processes.order_changes import OrderChanges
from sandbox.core.processes.order_counts import OrderCounts, Standing, standing_of, waiting_for
from sandbox.core.processes.order_entry import OrderEntry
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.shortages import Backorders
from sandbox.core.processes.sourcing import Sourcing
from sandbox.core.processes.substitution import Substitution
from sandbox.core.processes.waiting import Stuck, Wait
from sandbox.core.systems.client import SystemRefused

_AFTER_FAILURE_US = 900_000_000


class OrderToCash:
    """Drives the sagas. `post` brings news for one, `begin` starts one that intake has written down."""

    def __init__(self, parts: Parts) -> None:
        self.counts = OrderCounts()
        self._parts = parts
        self._clock = parts.ports.clock
        self._records = parts.records
        self._signals = Signals()
        self._states: dict[str, OrderState] = {}
        self._mail: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        self._exceptions = ExceptionQueue(parts)
        self._entry = OrderEntry(parts, self.keep)
        self._sourcing = Sourcing(parts, self.keep)
        self._substitution = Substitution(parts, self.keep)
        self._changes = OrderChanges(parts, self._entry, self._sourcing, self.keep)
        self._fulfilment = Fulfilment(parts, self.keep)
        self._billing = Billing(parts, self.keep)
        self.lanes = OrderLanes(self.advance, parts.ports.clock, parts.design.workers.orders_at_once)
        self.backorders = Backorders(parts, self._stock_came)
        self._team = parts.team
        self._team.answer("open-orders", self._open_orders)
        self._team.answer("wake", lambda asked: self.look_again(asked["saga"]))
        self._team.hear("account", lambda told: self._check_again(told["customer"]))

    def begin(self, state: OrderState) -> None:
        """Take up a saga: a new one, or one found in the journal at the start."""
        if state.saga in self._states:
            return
        fence = self._records.leases.token(state.saga)
        state.errand = Errand.for_order(state.saga, state.order.traceparent, fence)
        self._states[state.saga] = state
        self.lanes.wake(state.saga)

    async def write_new(self, tx: Transaction, saga: str, order: Order) -> OrderState:
        """Write down a saga that begins, in the transaction that admits its order. Raises DuplicateRow, LeaseLost."""
        await self._records.leases.check(tx, self._records.leases.partition_of(saga))
        state = OrderState(saga, order, self._clock.now_us())
        await self._records.sagas.create(tx, saga, order.to_row(), state.progress())
        return state

    def post(self, saga: str, key: str, body: Mapping[str, Any]) -> None:
        """News for an order, already kept as a signal under `key`."""
        if saga in self._states:
            self._mail.setdefault(saga, []).append((key, body))
            self.lanes.wake(saga)

    async def look_again(self, saga: str) -> bool:
        """Have an order tried again; False where it is not under way. Raises WorkerAway."""
        if not self._team.is_ours(saga):
            return bool(await self._team.ask(saga, "wake", {"saga": saga}))
        if is_open := self.is_open(saga):
            self.lanes.wake(saga)
        return is_open

    def is_open(self, saga: str) -> bool:
        """Whether the saga is under way here."""
        return saga in self._states

    def standing(self) -> Standing:
        """How the orders under way stand."""
        return standing_of(self._states.values())

    async def open_orders(self, sku: str) -> int:
        """How many orders under way have a part of this item that has not left yet. Raises WorkerAway."""
        return sum([await self._open_orders({"sku": sku}), *await self._team.ask_all("open-orders", {"sku": sku})])

    async def _open_orders(self, asked: Row) -> int:
        return waiting_for(asked["sku"], self._states.values())

    def account_changed(self, customer: str) -> None:
        """The ERP may say something else of an account: orders that were stopped by it are checked again."""
        self._check_again(customer)
        self._team.tell("account", {"customer": customer})

    def _check_again(self, customer: str) -> None:
        for saga in self._entry.account_changed(customer):
            self.lanes.wake(saga)

    def _stock_came(self, saga: str) -> None:
        if saga in self._states:
            self._states[saga].stock_came = True
            self.lanes.wake(saga)

    def awaits(self, saga: str, outbound: Outbound) -> bool:
        """Whether that would be news of a shipment to the saga: something is to be done then."""
        order = self._states.get(saga)
        shipment = order.shipment(outbound.reference) if order is not None else None
        if shipment is None:
            return False
        if outbound.short and shipment.lines != outbound.lines:
            return True
        return outbound.state in NEWSWORTHY_STATES and not shipment.has_reached(outbound.state)

    def let_go(self, homes: Callable[[str], bool]) -> bool:
        """Forget these orders, which go to another worker, save those that somebody works on; whether all are gone."""
        names = [saga for saga in self._states if homes(saga)]
        all_gone = let_go(names, self.lanes, self._states, self._mail)
        for saga in names:
            if saga not in self._states:
                self.backorders.forget(saga)
        return all_gone

    async def advance(self, saga: str) -> None:
        """Go as far as can be gone now. One order's trouble is never raised: it becomes an exception in the queue."""
        state = self._states.get(saga)
        if state is None:
            return
        try:
            await self._try(state)
        except LeaseLost:
            del self._states[saga]
        if state.outcome is not None:
            self.counts.end(state.outcome)
            self._states.pop(saga, None)
            self._mail.pop(saga, None)

    async def _try(self, state: OrderState) -> None:
        """Proceed; what cannot be written down stops this order alone. Raises LeaseLost, from wherever it is met."""
        try:
            await self._try_to_proceed(state)
        except IdentityConflict as conflict:
            message = f"{state.saga}: {conflict}"
            await self._records.journal.run(lambda tx: self._tell_conflict(tx, state, message))
            self.lanes.park(state.saga, self._clock.now_us() + _AFTER_FAILURE_US)

    async def _tell_conflict(self, tx: Transaction, state: OrderState, message: str) -> None:
        """Tell people, by itself: the state holds somebody else's document, and must not be kept."""
        order, cause = state.order, "identity-conflict"
        await self._records.exceptions.open(tx, state.saga, cause, message, order.order, order.traceparent)

    async def _try_to_proceed(self, state: OrderState) -> None:
        """Proceed, and see to what kept the order from proceeding."""
        saga = state.saga
        try:
            await self._take_mail(state)
            if state.substituting is not None:
                await self._substitution.carry_out(state)
            if state.requests:
                await self._changes.answer(state)
            if state.outcome is None:
                await self._proceed(state)
            await self._exceptions.settle(state, self.keep)
            if state.outcome is not None:
                await self._close(state)
        except Wait as wait:
            if wait.settled:
                await self._exceptions.settle(state, self.keep)
            self.lanes.park(saga, wait.due_at_us)
        except SystemUnavailable as away:
            await self._exceptions.wait_for(state, away, self.keep)
            if self._parts.design.safety.retries:
                self.lanes.park(saga, away.retry_at_us, away.system)
        except LeaseLost:
            raise
        except (Stuck, SystemRefused) as trouble:
            await self._surface(state, trouble)
        except Exception as error:  # noqa: BLE001 - one order's surprise must not stop the others; it is surfaced
            await self._surface(
                state, Stuck("step-failed", f"{saga}: {error!r}", self._clock.now_us() + _AFTER_FAILURE_US)
            )

    async def keep(self, state: OrderState) -> None:
        """Write the state down, with the news it has taken in, the milestones it tells and the ids it has learnt."""
        state.version += 1
        told = await self._records.journal.run(lambda tx: self._write(tx, state))
        if told:
            self._records.relay.wake(told)
        state.consumed.clear()
        state.events.clear()
        state.bindings.clear()

    async def _write(self, tx: Transaction, state: OrderState) -> list[Kept]:
        records = self._records
        await records.leases.check(tx, records.leases.partition_of(state.saga))
        await records.sagas.save(tx, state.saga, state.version, state.progress(), done=state.outcome is not None)
        for key in state.consumed:
            await self._signals.remove(tx, key)
        traceparent = state.order.traceparent
        told = [
            await records.outbox.append(tx, topic, state.saga, {**event, "traceparent": traceparent})
            for topic, event in state.events
        ]
        for kind, external_id, internal_id in state.bindings:
            await records.identities.bind(tx, kind, external_id, internal_id)
        return told

    async def _take_mail(self, state: OrderState) -> None:
        mail = self._mail.pop(state.saga, None)
        if not mail:
            return
        heed_versions = self._parts.design.safety.versions
        for key, body in mail:
            take_in(state, body, heed_versions=heed_versions)
            state.consumed.append(key)
        if state.missing:
            self._parts.sellable.reopen(state.saga, state.missing)
            state.missing.clear()
        if state.events:
            await self.keep(state)

    async def _close(self, state: OrderState) -> None:
        """What the customer asked while the last step was made is answered, too."""
        self.backorders.let_go(state)
        while self._mail.get(state.saga):
            await self._take_mail(state)
            if state.requests:
                await self._changes.refuse_all(state)

    async def _proceed(self, state: OrderState) -> None:
        if not state.validated:
            await self._entry.validate(state)
        if state.sales_order is None:
            if self._mail.get(state.saga):
                return  # a change of mind, perhaps: the lane comes round again at once
            await self._entry.enter(state)
        if state.erp_status == "on_hold":
            await self._entry.await_credit(state)
        if state.erp_status == "rejected":
            await self._entry.turn_down(state)
            return
        state.reach_first("accepted")
        if self._mail.get(state.saga):
            return
        if state.has_rest or any(shipment.outbound is None for shipment in state.shipments):
            await self._source(state)
            await self._fulfilment.release(state)
        await self._ship(state)

    async def _source(self, state: OrderState) -> None:
        """Find stock for what is in no shipment; what can't be had is substituted, or waits."""
        lacking = await self._sourcing.source(state)
        while lacking and await self._substitution.serve(state, lacking):
            lacking = await self._sourcing.source(state)
        if lacking:
            await self.backorders.hold_back(state, lacking, self.keep)
        elif state.backordered_since_us is not None:
            self.backorders.let_go(state)

    async def _ship(self, state: OrderState) -> None:
        """Ship and bill; whatever the order waits for, it comes back for the next batch run that concerns it."""
        try:
            await self._ship_on(state)
        except Wait as wait:
            raise Wait(state.next_due_us(wait.due_at_us) or wait.due_at_us, settled=wait.settled) from None

    async def _ship_on(self, state: OrderState) -> None:
        for shipment in state.shipments:
            if shipment.state == "packed":
                await self._fulfilment.label(state, shipment)
            if shipment.has_reached("shipped") and not self._billing.is_billed(state, shipment):
                await self._billing.bill(state, shipment)
        if state.backordered_since_us is not None:
            self.backorders.pause(state)
        next_run_us = state.next_due_us()
        if not all(shipment.has_reached("shipped") for shipment in state.shipments):
            if next_run_us is not None:
                raise Wait(next_run_us)
            return
        if state.milestone in ("backordered", "partially_shipped") and next_run_us is None:
            state.reach("invoiced")  # an edit took out what was still to come
        if not state.track_at_us:
            self._fulfilment.expect_delivery(state)
        if not self._fulfilment.all_delivered(state):
            await self._fulfilment.track(state)
        if next_run_us is not None:
            raise Wait(next_run_us)
        state.reach("delivered")
        state.outcome = "delivered"
        await self.keep(state)

    async def _surface(self, state: OrderState, trouble: Stuck | SystemRefused) -> None:
        await self._exceptions.surface(state, trouble, self.keep)
        if isinstance(trouble, Stuck) and trouble.due_at_us is not None:
            self.lanes.park(state.saga, trouble.due_at_us)
