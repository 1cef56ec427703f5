"""The orders of a loaded run, drawn beforehand, and warehouses that are staffed for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import Any, Final

from mock_systems.kit.opening import Opening
from mock_systems.kit.streams import Streams
from sandbox.demand import SyntheticDemand
from sandbox.load.request import ORDERS_MOST, LoadRequest
from sandbox.runs.scenario import Scenario

# Orders that one person picks or packs in an hour, with room to spare, and how uneven sites and minutes are.
_PICKED_AN_HOUR: Final = 40
_PACKED_AN_HOUR: Final = 45
_UNEVEN: Final = 1.5
_PEOPLE_MOST: Final = 1000
_SKUS: Final = 200
_CUSTOMERS: Final = 200


@dataclass(frozen=True, slots=True)
class OrderBook:
    """The scenario with the load's demand in its place, balances that fit, and the orders' bodies."""

    scenario: Scenario
    opening: Opening
    orders: list[dict[str, Any]]


def order_book(request: LoadRequest) -> OrderBook:
    """As many orders as may be placed, and balances that fit them. Raises InputError.

    Half as many pickers and packers again as the peak needs are at work, or more where the scenario says so: the
    integration is under test, not the people.
    """
    count = min(request.orders_at_most, ORDERS_MOST)
    source = request.scenario.demand
    config = source if isinstance(source, SyntheticDemand) else SyntheticDemand(orders_per_day=1)
    config = config.model_copy(
        update={
            # A weekday may be weaker than the mean; orders that are drawn beyond the count only add to the stock.
            "orders_per_day": min(count * 1.15 + 100, float(ORDERS_MOST)),
            "skus": max(config.skus, _SKUS),
            "customers": max(config.customers, _CUSTOMERS),
            "profile": "round_the_clock",
            "changes": None,
            "returns": None,
        }
    )
    wms = request.scenario.systems.wms
    people = {
        "pickers": max(wms.pickers or 0, _people(request, _PICKED_AN_HOUR)),
        "packers": max(wms.packers or 0, _people(request, _PACKED_AN_HOUR)),
    }
    systems = request.scenario.systems.model_copy(update={"wms": wms.model_copy(update=people)})
    scenario = replace(request.scenario, demand=config, systems=systems, days=1, expectations=())
    demand = scenario.base_demand(Streams(request.seed))
    return OrderBook(scenario, demand.opening, [order.as_request() for order in demand.orders[:count]])


def _people(request: LoadRequest, an_hour: int) -> int:
    return min(max(ceil(request.orders_per_hour * _UNEVEN / an_hour), 6), _PEOPLE_MOST)
