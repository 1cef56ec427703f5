"""Partitions come and go: a worker takes up what the journal says of one, and lays down what goes to another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sandbox.core.ports import Row
from sandbox.core.processes.document_flow import DocumentFlow
from sandbox.core.processes.order_intake import OrderIntake
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.order_to_cash import OrderToCash
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.stock_publishing import WATERMARK
from sandbox.core.processes.system_news import SystemNews
from sandbox.core.workers.shared_stock import Share, SharedStock
from sandbox.core.workers.shares import LEADER
from sandbox.core.workers.team import Team
from sandbox.core.workers.telling import STOCK

_LOOK_AGAIN_S: Final = 0.2


class Shift:
    """One worker's part of the work; `lead` begins the periodic jobs, once."""

    def __init__(
        self,
        parts: Parts,
        team: Team,
        order_to_cash: OrderToCash,
        intake: OrderIntake,
        news: SystemNews,
        flow: DocumentFlow,
        lead: Callable[[], None],
    ) -> None:
        assert isinstance(parts.sellable, SharedStock)
        self._parts = parts
        self._team = team
        self._stock: SharedStock = parts.sellable
        self._records = parts.records
        self._order_to_cash = order_to_cash
        self._intake = intake
        self._news = news
        self._flow = flow
        self._lead = lead
        records = parts.records
        team.introduce, team.acquaint = self._introduce, self._acquaint
        team.hear(STOCK, self._stock.hear)
        team.hear("exceptions", lambda _: records.exceptions.changed.set())
        team.hear("aside", lambda told: records.aside.parked_elsewhere(told["name"]))
        records.exceptions.on_changed = lambda: team.tell("exceptions", {})
        records.aside.on_parked = lambda name: team.tell("aside", {"name": name})
        records.relay.is_ours = team.is_ours
        self._ours: dict[int, None] = {}

    async def take_up(self, partitions: Sequence[int]) -> None:
        """Take up every saga and document of these partitions where the journal says that it stands."""
        taken = frozenset(partitions)
        if LEADER in taken:
            await self._know_what_was_published()
        states = await self._states(taken)
        self._ours.update(dict.fromkeys(partitions))
        self._stock.assume(self._shares(states, taken))
        for state in states:
            self._order_to_cash.begin(state)
            skus = [line.sku for line in state.order.lines]
            self._intake.hear_known({"orders": [[state.order.seq, skus]]})
            self._intake.tell_known(state.order.seq, skus)
        await self._news.recover(lambda saga: self._is_in(saga, taken))
        await self._flow.recover(lambda home: self._is_in(home, taken))
        self._records.relay.wake()
        if LEADER in taken:
            self._lead()

    async def let_go(self, partition: int) -> None:
        """Lay down what is under way in a partition; what somebody works on just now is brought to its next stop."""
        gone = frozenset((partition,))

        def homes(home: str) -> bool:
            return self._is_in(home, gone)

        while not (self._order_to_cash.let_go(homes) & self._flow.let_go(homes)):
            await asyncio.sleep(_LOOK_AGAIN_S)
        del self._ours[partition]

    async def _know_what_was_published(self) -> None:
        records = self._records
        reached = await records.journal.run(lambda tx: records.cursors.get(tx, WATERMARK))
        self._parts.watermark.know_through(int(reached or 0))

    async def _states(self, partitions: frozenset[int]) -> list[OrderState]:
        """The open sagas of these partitions, each read by itself: others write to theirs meanwhile."""
        records = self._records
        if not self._parts.design.safety.recover_after_crash:
            return []
        states = []
        for saga in await records.journal.run(records.sagas.open_names):
            if self._is_in(saga, partitions):
                row = await records.journal.run(lambda tx, saga=saga: records.sagas.get(tx, saga))  # type: ignore[misc]
                if row is not None and not row.done:
                    states.append(OrderState.from_row(row))
        return states

    def _shares(self, states: Sequence[OrderState], partitions: frozenset[int]) -> Mapping[int, Share]:
        shares = {partition: Share() for partition in sorted(partitions)}
        for state in states:
            shares[self._records.leases.partition_of(state.saga)].reckon(state.order, state.shipments)
        return shares

    def _is_in(self, home: str, partitions: frozenset[int]) -> bool:
        return self._records.leases.partition_of(home) in partitions

    def _introduce(self) -> Row:
        return {"stock": self._stock.whole(self._ours), "known": self._intake.known()}

    def _acquaint(self, whole: Row) -> None:
        self._stock.hear(whole["stock"])
        self._intake.hear_known(whole["known"])
