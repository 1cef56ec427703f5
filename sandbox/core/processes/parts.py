"""What the processes work with: the systems' APIs, the journal, the projections. The hub makes one set a start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.core.design import Design
from sandbox.core.journal.aside import Aside
from sandbox.core.journal.catalogue import Catalogue
from sandbox.core.journal.cursors import Cursors
from sandbox.core.journal.dead_letters import DeadLetters
from sandbox.core.journal.exceptions import Exceptions
from sandbox.core.journal.identity import IdentityMap
from sandbox.core.journal.inbox import Inbox
from sandbox.core.journal.journal import Journal
from sandbox.core.journal.leases import PartitionLeases
from sandbox.core.journal.outbox import Outbox
from sandbox.core.journal.relay import OutboxRelay
from sandbox.core.journal.sagas import Sagas
from sandbox.core.policies.cache import Cache
from sandbox.core.policies.caller import Caller
from sandbox.core.ports import Bus, Ports
from sandbox.core.processes.sellable import Sellable
from sandbox.core.processes.watermark import Watermark
from sandbox.core.systems.carrier import CarrierApi
from sandbox.core.systems.commerce import CommerceApi
from sandbox.core.systems.commerce_returns import CommerceReturnsApi
from sandbox.core.systems.desk import DeskApi
from sandbox.core.systems.erp import ErpApi
from sandbox.core.systems.erp_returns import ErpReturnsApi
from sandbox.core.systems.erp_supply import ErpSupplyApi
from sandbox.core.systems.subscriptions import SubscriptionApi
from sandbox.core.systems.wms import WmsApi
from sandbox.core.systems.wms_returns import WmsReturnsApi
from sandbox.core.systems.wms_supply import WmsSupplyApi
from sandbox.core.workers.alone import Team


@dataclass(frozen=True)
class Systems:
    """The system APIs, one adapter each, and the callers under them."""

    commerce: CommerceApi
    commerce_returns: CommerceReturnsApi
    erp: ErpApi
    erp_returns: ErpReturnsApi
    erp_supply: ErpSupplyApi
    wms: WmsApi
    wms_returns: WmsReturnsApi
    wms_supply: WmsSupplyApi
    carrier: CarrierApi
    desk: DeskApi
    callers: Mapping[str, Caller]
    subscriptions: Mapping[str, SubscriptionApi]


@dataclass(frozen=True)
class Records:
    """The journal and its books, and the bus on which the outbox is published."""

    journal: Journal
    inbox: Inbox
    outbox: Outbox
    bus: Bus
    relay: OutboxRelay
    identities: IdentityMap
    sagas: Sagas
    leases: PartitionLeases
    dead_letters: DeadLetters
    exceptions: Exceptions
    aside: Aside
    cursors: Cursors
    catalogue: Catalogue


@dataclass(frozen=True)
class Parts:
    """Everything that a process may use. `blocked` remembers for a while which customers are.

    `floors` remembers the least prices that the ERP has quoted, by item and terms of sale. `team` knows the other
    workers.
    """

    design: Design
    ports: Ports
    systems: Systems
    records: Records
    sellable: Sellable
    watermark: Watermark
    blocked: Cache[str, bool]
    floors: Cache[str, dict[tuple[str, int], int]]
    team: Team
