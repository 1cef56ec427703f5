"""The core's own methods that take webhooks in, with a listener in place of the flow behind them.

Most webhooks are read by a function of their own; these are read where they are taken in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import SimpleNamespace
from typing import Any

from sandbox.core.processes.decisions import Decisions
from sandbox.core.processes.master_data import MasterData
from sandbox.core.processes.returns import Returns
from sandbox.core.processes.subscription_watch import SubscriptionWatch
from sandbox.core.processes.supply_news import SupplyNews
from sandbox.core.processes.system_news import SystemNews

Reader = Callable[[Mapping[str, Any]], Awaitable[list[Any]]]


def _reader(hear: Callable[..., Awaitable[None]], listens: Callable[[list[Any]], SimpleNamespace]) -> Reader:
    """What `hear` passes on of a webhook's data."""

    async def read(data: Mapping[str, Any]) -> list[Any]:
        heard: list[Any] = []
        await hear(listens(heard), "msg-1", data)
        return heard

    return read


def _noting(heard: list[Any]) -> Callable[..., Awaitable[None]]:
    async def note(*given: Any) -> None:
        heard.append(given)

    return note


def _tracking(heard: list[Any]) -> SimpleNamespace:
    safety = SimpleNamespace(versions=True)
    return SimpleNamespace(_parts=SimpleNamespace(design=SimpleNamespace(safety=safety)), _deliver=_noting(heard))


def _amended(heard: list[Any]) -> SimpleNamespace:
    team = SimpleNamespace(tell=lambda _, told: heard.append(told))
    return SimpleNamespace(_take_purchase_order=lambda _: None, _team=team)


def _refunded(heard: list[Any]) -> SimpleNamespace:
    team = SimpleNamespace(ask_all=_noting(heard))
    return SimpleNamespace(_take_refund=_noting([]), _team=team)


def _validated(heard: list[Any]) -> SimpleNamespace:
    api = SimpleNamespace(confirm=_noting(heard))
    return SimpleNamespace(_apis={"system": api}, _errand=None)


async def _confirm(watch: Any, message_id: str, data: Mapping[str, Any]) -> None:
    await SubscriptionWatch.confirm(watch, "system", data)


read_tracking = _reader(SystemNews.hear_tracking, _tracking)
read_purchase_order = _reader(SupplyNews.hear_purchase_order, _amended)
read_customer = _reader(MasterData.hear_customer, lambda heard: SimpleNamespace(_account_changed=heard.append))
read_decision = _reader(Decisions.hear, lambda heard: SimpleNamespace(_keep=_noting(heard)))
read_refund = _reader(Returns._hear_refund, _refunded)
read_validation = _reader(_confirm, _validated)
