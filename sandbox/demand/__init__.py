"""Demand: orders made up with Faker, or from a company's own history; seasons and spikes."""

from sandbox.demand.account_page import account_table, account_text
from sandbox.demand.accounting import Accounting
from sandbox.demand.history import HistoryDemand, history_demand
from sandbox.demand.orders import Demand, DemandLine, DemandOrder, ShipTo
from sandbox.demand.spikes import DemandSpike, with_spikes
from sandbox.demand.synthetic import SyntheticDemand, synthetic_demand

__all__ = [
    "Accounting",
    "Demand",
    "DemandLine",
    "DemandOrder",
    "DemandSpike",
    "HistoryDemand",
    "ShipTo",
    "SyntheticDemand",
    "account_table",
    "account_text",
    "history_demand",
    "synthetic_demand",
    "with_spikes",
]
