"""All interactions of the core's pacts, and the adapters' operations that are in none."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Final

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
from sandbox.verification.pacts.exchanges import (
    carrier,
    commerce_money,
    commerce_orders,
    desk,
    erp_postings,
    erp_sales,
    erp_supply,
    every_system,
    messages,
    wms_outbound,
    wms_supply,
)
from sandbox.verification.pacts.exchanges.words import Exchange, Message

CONSUMER: Final = "sync-core"
SYSTEMS: Final = ("carrier", "commerce", "desk", "erp", "wms")
ADAPTERS: Final = (
    CarrierApi,
    CommerceApi,
    CommerceReturnsApi,
    DeskApi,
    ErpApi,
    ErpReturnsApi,
    ErpSupplyApi,
    SubscriptionApi,
    WmsApi,
    WmsReturnsApi,
    WmsSupplyApi,
)
EXCHANGES: Final[tuple[Exchange, ...]] = (
    *erp_sales.EXCHANGES,
    *erp_postings.EXCHANGES,
    *erp_supply.EXCHANGES,
    *wms_outbound.EXCHANGES,
    *wms_supply.EXCHANGES,
    *commerce_orders.EXCHANGES,
    *commerce_money.EXCHANGES,
    *carrier.EXCHANGES,
    *desk.EXCHANGES,
    *every_system.EXCHANGES,
)
MESSAGES: Final[tuple[Message, ...]] = messages.MESSAGES

NOT_COVERED: Final[Mapping[str, str]] = {}
"""Operations of adapters that are in no pact, each with the reason."""


def operations() -> list[str]:
    """Every operation of every adapter: `ErpApi.quote`."""
    return sorted(
        method.__qualname__
        for adapter in ADAPTERS
        for name, method in inspect.getmembers(adapter, inspect.iscoroutinefunction)
        if not name.startswith("_")
    )
