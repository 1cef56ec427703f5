"""Builds the parts that the processes work with, as a design asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sandbox.core.design import Design
from sandbox.core.journal.aside import Aside
from sandbox.core.journal.catalogue import Catalogue
from sandbox.core.journal.cursors import Cursors
from sandbox.core.journal.dead_letters import DeadLetters
from sandbox.core.journal.direct_bus import DirectBus
from sandbox.core.journal.exceptions import Exceptions
from sandbox.core.journal.identity import IdentityMap
from sandbox.core.journal.inbox import DAY_US, Inbox
from sandbox.core.journal.journal import Journal
from sandbox.core.journal.leases import PartitionLeases
from sandbox.core.journal.outbox import Outbox
from sandbox.core.journal.relay import OutboxRelay
from sandbox.core.journal.relay_runs import OutboxRuns
from sandbox.core.journal.sagas import Sagas
from sandbox.core.journal.volatile_outbox import VolatileOutbox
from sandbox.core.policies.cache import Cache
from sandbox.core.policies.call_policy import CallPolicy
from sandbox.core.policies.caller import Caller
from sandbox.core.ports import Bus, Ports
from sandbox.core.processes.parts import Parts, Records, Systems
from sandbox.core.processes.sellable import Sellable
from sandbox.core.processes.watermark import Watermark
from sandbox.core.systems.carrier import CarrierApi
from sandbox.core.systems.client import SystemClient
from sandbox.core.systems.commerce import CommerceApi
from sandbox.core.systems.commerce_returns import CommerceReturnsApi
from sandbox.core.systems.credentials import Credential
from sandbox.core.systems.desk import DeskApi
from sandbox.core.systems.erp import ErpApi
from sandbox.core.systems.erp_returns import ErpReturnsApi
from sandbox.core.systems.erp_supply import ErpSupplyApi
from sandbox.core.systems.subscriptions import SubscriptionApi
from sandbox.core.systems.wms import WmsApi
from sandbox.core.systems.wms_returns import WmsReturnsApi
from sandbox.core.systems.wms_supply import WmsSupplyApi
from sandbox.core.workers.alone import Alone
from sandbox.core.workers.roster import Roster, Worker
from sandbox.core.workers.shared_stock import SharedStock
from sandbox.core.workers.team import Team
from sandbox.core.workers.telling import STOCK

_SWEEP_EVERY_US = 600_000_000  # the relay is woken after each commit, and starts with a sweep: this is for surprises
SYSTEMS = ("commerce", "erp", "wms", "carrier", "desk")


def build_parts(ports: Ports, design: Design, credentials: Mapping[str, Credential], owner: str) -> Parts:
    """Everything that the core is made of."""
    systems, records = _systems(ports, design, credentials), _records(ports, design, owner)
    checks, team = design.flows.checks, _team(ports, records, owner)
    for caller in systems.callers.values():
        caller.may_send = records.leases.is_valid
    return Parts(
        design=design,
        ports=ports,
        systems=systems,
        records=records,
        sellable=_sellable(ports, design, records, team, owner),
        watermark=Watermark(),
        blocked=Cache(checks.cache_us, checks.cached, ports.clock),
        floors=Cache(checks.cache_us, checks.cached, ports.clock),
        team=team,
    )


def _team(ports: Ports, records: Records, owner: str) -> Team | Alone:
    if ports.peers is None:
        return Alone()
    own = Worker(owner, ports.ids.new("life"), ports.peers.address)
    roster = Roster(records.journal, ports.steady, own, records.leases.lease_us)
    return Team(ports.peers, roster, records.leases, ports.clock, ports.steady, ports.observer)


def _sellable(ports: Ports, design: Design, records: Records, team: Team | Alone, owner: str) -> Sellable:
    if not team.is_shared:
        return Sellable(design.inventory.safety_stock)
    partition_of = records.leases.partition_of
    return SharedStock(
        design.inventory.safety_stock, owner, ports.clock, partition_of, lambda told: team.tell(STOCK, told)
    )


def _call_policy(ports: Ports, design: Design, system: str) -> CallPolicy:
    """This worker's share of what all workers together may do in a system at once."""
    policy = design.call_policy(system)
    workers = 1 if ports.peers is None else ports.peers.expected
    if workers == 1:
        return policy
    per_minute = None if policy.per_minute is None else max(1, policy.per_minute // workers)
    return replace(policy, concurrency=max(1, policy.concurrency // workers), per_minute=per_minute)


def _systems(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> Systems:
    callers = {
        system: Caller(
            system, ports.http[system], _call_policy(ports, design, system), ports.clock, ports.draws, ports.observer
        )
        for system in SYSTEMS
    }
    clients = {
        system: SystemClient(
            system,
            caller,
            credentials[system],
            ports.steady,
            keys=design.safety.idempotency_keys,
            repeats=caller.policy.honours_keys or not design.safety.look_up_unknown,
        )
        for system, caller in callers.items()
    }
    return Systems(
        commerce=CommerceApi(clients["commerce"]),
        commerce_returns=CommerceReturnsApi(clients["commerce"]),
        erp=ErpApi(clients["erp"]),
        erp_returns=ErpReturnsApi(clients["erp"]),
        erp_supply=ErpSupplyApi(clients["erp"]),
        wms=WmsApi(clients["wms"]),
        wms_returns=WmsReturnsApi(clients["wms"]),
        wms_supply=WmsSupplyApi(clients["wms"]),
        carrier=CarrierApi(clients["carrier"]),
        desk=DeskApi(clients["desk"]),
        callers=callers,
        subscriptions={system: SubscriptionApi(client) for system, client in clients.items()},
    )


def _relay(ports: Ports, design: Design, journal: Journal, outbox: Outbox, bus: Bus) -> OutboxRelay:
    when = design.flows.milestones.when
    if when.is_at_once:
        return OutboxRelay(journal, bus, ports.clock, ports.observer, outbox, _SWEEP_EVERY_US)
    return OutboxRuns(journal, bus, ports.clock, ports.observer, outbox, when)


def _records(ports: Ports, design: Design, owner: str) -> Records:
    journal = Journal(ports.store, ports.clock, ports.observer)
    outbox = Outbox(ports.clock) if design.safety.outbox else VolatileOutbox(ports.clock)
    leases = PartitionLeases(
        journal,
        ports.steady,
        ports.observer,
        owner,
        design.workers.partitions,
        design.workers.lease_us,
        enforced=design.safety.leases,
    )
    journal.may_write = leases.is_valid
    dead_letters, exceptions = DeadLetters(), Exceptions(ports.clock)
    bus: Bus = ports.bus if design.flows.milestones.pattern == "event" else DirectBus()
    return Records(
        journal=journal,
        inbox=Inbox(
            ports.observer, -(-design.intake.dedupe_window_us // DAY_US), deduplicate=design.intake.deduplicate
        ),
        outbox=outbox,
        bus=bus,
        relay=_relay(ports, design, journal, outbox, bus),
        identities=IdentityMap(),
        sagas=Sagas(),
        leases=leases,
        dead_letters=dead_letters,
        exceptions=exceptions,
        aside=Aside(journal, dead_letters, exceptions, ports.clock),
        cursors=Cursors(),
        catalogue=Catalogue(),
    )
