"""Demand: orders made up with Faker, or from a company's own history; seasons and spikes."""

from sandbox.demand.account_page import account_table, account_text
from sandbox.demand.accounting import Accounting
from sandbox.demand.changes import ChangesBlock, with_changes
from sandbox.demand.history import HistoryDemand, history_demand
from sandbox.demand.orders import Demand, DemandChange, DemandLine, DemandOrder, DemandReturn, ShipTo
from sandbox.demand.returns import ReturnsBlock, with_returns
from sandbox.demand.spikes import DemandSpike, with_spikes
from sandbox.demand.synthetic import SyntheticDemand, synthetic_demand

__all__ = [
    "Accounting",
    "ChangesBlock",
    "Demand",
    "DemandChange",
    "DemandLine",
    "DemandOrder",
    "DemandReturn",
    "DemandSpike",
    "HistoryDemand",
    "ReturnsBlock",
    "ShipTo",
    "SyntheticDemand",
    "account_table",
    "account_text",
    "history_demand",
    "synthetic_demand",
    "with_changes",
    "with_returns",
    "with_spikes",
]
