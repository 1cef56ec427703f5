"""The hub puts the sync core together: start, recover, work until stopped.

One hub is one incarnation. It keeps nothing that it can't find again in the journal and in the systems.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from sandbox.core.design import Design
from sandbox.core.experience.api import ExperienceApi, problem
from sandbox.core.experience.webhooks import WebhookReceiver
from sandbox.core.journal.leases import LeaseLost
from sandbox.core.model.errand import Errand
from sandbox.core.parts_list import build_parts
from sandbox.core.ports import HttpReply, HttpRequest, Ports
from sandbox.core.processes.change_intake import ChangeIntake
from sandbox.core.processes.check_runs import CheckRuns
from sandbox.core.processes.decisions import Decisions
from sandbox.core.processes.exception_desk import ExceptionDesk
from sandbox.core.processes.master_data import ITEM_CHANGE, MasterData
from sandbox.core.processes.milestones import TOPICS, MilestoneTeller
from sandbox.core.processes.order_intake import OrderIntake
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.order_to_cash import OrderToCash
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.returns import Returns
from sandbox.core.processes.second_readings import SecondReadings
from sandbox.core.processes.stock_publishing import WATERMARK, StockPublishing
from sandbox.core.processes.subscription_watch import VALIDATION, SubscriptionWatch
from sandbox.core.processes.supply import Supply
from sandbox.core.processes.system_news import SystemNews
from sandbox.core.processes.system_watch import SystemWatch
from sandbox.core.systems.credentials import Credential
from sandbox.core.workers.shift import Shift
from sandbox.core.workers.team import Team, WorkerAway

_PRUNE_EVERY_S = 6 * 3600
Job = Callable[[], Coroutine[None, None, None]]


class Hub:
    """The reference sync core. `credentials` are what it shows at each system's door.

    `owner` names it in leases (None: the machine).
    """

    def __init__(
        self, ports: Ports, design: Design, credentials: Mapping[str, Credential], owner: str | None = None
    ) -> None:
        self.parts: Parts = build_parts(ports, design, credentials, owner or ports.instance)
        self.order_to_cash = OrderToCash(self.parts)
        self._intake = OrderIntake(self.parts, self.order_to_cash)
        changes = ChangeIntake(self.parts, self.order_to_cash, self._intake)
        self._news = SystemNews(self.parts, self.order_to_cash)
        self._stock = StockPublishing(self.parts)
        self._supply = Supply(self.parts)
        self._returns = Returns(self.parts, self._supply.flow)
        self._decisions = Decisions(self.parts)
        webhooks = WebhookReceiver(self.parts, self._intake, changes, self._news, self._stock)
        webhooks.read("desk", "exception.decided", self._decisions.hear)
        self._master_data = MasterData(self.parts, self.order_to_cash.open_orders, self.order_to_cash.account_changed)
        self._check_runs = CheckRuns(self.parts, self.order_to_cash.account_changed)
        if design.flows.master_data.listens:
            webhooks.read("erp", "customer.changed", self._master_data.hear_customer)
        self._decisions.bring(ITEM_CHANGE, self._master_data.decided)
        self._supply.listen(webhooks, self._stock, self._decisions)
        self._returns.listen(webhooks)
        self._subscriptions = SubscriptionWatch(self.parts, webhooks.topics())
        for system in webhooks.topics():
            webhooks.read(system, VALIDATION, partial(self._confirm_subscription, system))
        self._api = ExperienceApi(self.parts, webhooks, self.order_to_cash)
        self._acknowledges_early = design.intake.acknowledge == "before_commit"
        self._ready = False
        self._group = asyncio.TaskGroup()

    @property
    def is_ready(self) -> bool:
        """Whether it is at work, having recovered."""
        return self._ready

    async def run(self) -> None:
        """Recover, then work until cancelled, or until another core has taken over: then end, and do nothing more."""
        leases, team = self.parts.records.leases, self.parts.team
        if not team.is_shared:
            await self._take_partitions()
        try:
            async with self._group as group:
                if isinstance(team, Team):
                    await self._join(team, group)
                else:
                    group.create_task(leases.run())
                    await self._recover()
                    self._work(group)
                self._ready = True
                await leases.lost.wait()
                raise LeaseLost("another core has taken over")
        except* LeaseLost:
            self.parts.ports.observer.note("core.stepped_down", leases.owner)
        finally:
            self._ready = False

    async def leave(self) -> None:
        """After `run` was cancelled: let other workers have at once what this one had."""
        if isinstance(self.parts.team, Team):
            await self.parts.team.leave()

    def _work(self, group: asyncio.TaskGroup) -> None:
        self._hear_events()
        for _, work in self._jobs(shared=False):
            group.create_task(work())

    async def _join(self, team: Team, group: asyncio.TaskGroup) -> None:
        """Work as one of several; the periodic jobs begin when their partition comes."""
        jobs = self._jobs(shared=True)

        def lead() -> None:
            for is_leaders, work in jobs:
                if is_leaders:
                    group.create_task(work())

        shift = Shift(self.parts, team, self.order_to_cash, self._intake, self._news, self._supply.flow, lead)
        self._hear_events()
        group.create_task(self.parts.records.leases.keep())
        group.create_task(team.run(shift.take_up, shift.let_go))
        for is_leaders, work in jobs:
            if not is_leaders:
                group.create_task(work())
        await team.settled.wait()

    def _hear_events(self) -> None:
        self.parts.records.bus.subscribe("milestones", TOPICS, MilestoneTeller(self.parts).hear)

    def _jobs(self, *, shared: bool) -> list[tuple[bool, Job]]:
        """All work, and whether only one worker of several does it."""
        parts, supply = self.parts, self._supply
        of_supply: list[tuple[bool, Job]] = [(False, supply.flow.lanes.run), (True, supply.news.poll)]
        return [
            (False, self.order_to_cash.lanes.run),
            (True, self._intake.poll),
            (True, self._news.poll_outbound),
            (True, self._stock.publish),
            (False, self._stock.reconcile),
            *(of_supply if shared else [(True, supply.run)]),
            (True, self._returns.poll),
            (True, ExceptionDesk(parts).run),
            (True, self._decisions.run),
            (True, self._master_data.sync),
            (True, self._check_runs.run),
            (True, SystemWatch(parts).run),
            (True, self._subscriptions.run),
            (True, self._second_readings().run),
            (False, parts.records.relay.run),
            (True, self._prune),
        ]

    async def _confirm_subscription(self, system: str, message_id: str, data: Mapping[str, Any]) -> None:
        await self._subscriptions.confirm(system, data)

    async def receive(self, request: HttpRequest) -> HttpReply:
        """Answer a webhook or a request to the experience API; 503 until recovered."""
        if not self._ready:
            return problem(503, "starting", "the core is starting; come again in a moment")
        if self._acknowledges_early and request.path.startswith("/webhooks/"):
            self._group.create_task(self._api.receive(request))
            return HttpReply(202)
        try:
            return await self._api.receive(request)
        except (WorkerAway, LeaseLost) as away:
            if not self.parts.team.is_shared:
                raise
            return problem(503, "worker-away", f"{away}; come again in a moment")

    async def _take_partitions(self) -> None:
        """Wait until all partitions are ours; a standby waits for as long as another core is at work."""
        leases = self.parts.records.leases
        await leases.acquire_free()
        while len(leases.held) < leases.partitions:
            await asyncio.sleep(leases.lease_us / 3_000_000)
            await leases.renew()
            await leases.acquire_free()

    async def _recover(self) -> None:
        """Take up every saga where the journal says it stands."""
        records = self.parts.records
        reached = await records.journal.run(lambda tx: records.cursors.get(tx, WATERMARK))
        self.parts.watermark.know_through(int(reached or 0))
        if not self.parts.design.safety.recover_after_crash:
            return
        for row in await records.journal.run(records.sagas.active):
            state = OrderState.from_row(row)
            self.parts.sellable.expect(state.order, state.shipments)
            self.parts.watermark.know(state.order.seq, [line.sku for line in state.order.lines])
            self.order_to_cash.begin(state)
        await self._news.recover()
        await self._supply.flow.recover()

    def _second_readings(self) -> SecondReadings:
        systems, errand = self.parts.systems, Errand("second-reading")
        return SecondReadings(
            self.parts,
            {
                "commerce": (lambda order: systems.commerce.order(order, errand), self._intake.take_listed),
                "wms": (lambda outbound: systems.wms.outbound(outbound, errand), self._news.take_listed),
            },
        )

    async def _prune(self) -> None:
        records = self.parts.records
        while True:
            await asyncio.sleep(_PRUNE_EVERY_S)
            while await records.journal.run(lambda tx: records.inbox.prune(tx, self.parts.ports.clock.now_us())):
                continue
