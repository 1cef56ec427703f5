"""The invariants: what must hold in the books of the systems, whatever the core believes."""

from __future__ import annotations

from sandbox.oracle.invariants.compensation_complete import CompensationComplete
from sandbox.oracle.invariants.content_fidelity import ContentFidelity
from sandbox.oracle.invariants.exception_surfaced import ExceptionSurfaced
from sandbox.oracle.invariants.identity import Identity
from sandbox.oracle.invariants.invoices_follow_shipments import InvoicesFollowShipments
from sandbox.oracle.invariants.lineage import Lineage
from sandbox.oracle.invariants.load_bounded import LoadBounded
from sandbox.oracle.invariants.money_conserved import MoneyConserved
from sandbox.oracle.invariants.monotone import Monotone
from sandbox.oracle.invariants.no_double_shipment import NoDoubleShipment
from sandbox.oracle.invariants.no_duplicate_order import NoDuplicateOrder
from sandbox.oracle.invariants.no_lost_order import NoLostOrder
from sandbox.oracle.invariants.no_oversell import NoOversell
from sandbox.oracle.invariants.no_ship_after_cancel import NoShipAfterCancel
from sandbox.oracle.invariants.no_zombie_effects import NoZombieEffects
from sandbox.oracle.invariants.progress import Progress
from sandbox.oracle.invariants.recovery import Recovery
from sandbox.oracle.invariants.stock_conserved import StockConserved
from sandbox.oracle.invariants.stock_convergence import StockConvergence
from sandbox.oracle.monitor import Monitor

ALL: tuple[type[Monitor], ...] = (
    NoLostOrder,
    NoDuplicateOrder,
    NoOversell,
    NoDoubleShipment,
    NoShipAfterCancel,
    InvoicesFollowShipments,
    MoneyConserved,
    StockConserved,
    StockConvergence,
    ExceptionSurfaced,
    Monotone,
    Progress,
    Identity,
    CompensationComplete,
    LoadBounded,
    Recovery,
    ContentFidelity,
    NoZombieEffects,
    Lineage,
)
