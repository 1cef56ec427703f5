"""What the core asks of every system alike: subscriptions, tokens, and how it is turned away at the door."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from sandbox.core.systems.carrier import CarrierApi
from sandbox.core.systems.commerce import CommerceApi
from sandbox.core.systems.credentials import IssuedTokens
from sandbox.core.systems.desk import DeskApi
from sandbox.core.systems.erp import ErpApi
from sandbox.core.systems.subscriptions import Subscription, SubscriptionApi
from sandbox.core.systems.wms import WmsApi
from sandbox.verification.pacts.exchanges.examples import WEBHOOK_URL
from sandbox.verification.pacts.exchanges.words import (
    Asked,
    Exchange,
    Given,
    Held,
    Refused,
    State,
    asks,
    problem,
)

# One read of each system, of something that is not there: whoever is let in is told so, the others are not.
_READS: Final[Mapping[str, tuple[Callable[..., Awaitable[Any]], str]]] = {
    "erp": (ErpApi.sales_order, "/sales-orders/X-NONE"),
    "wms": (WmsApi.outbound, "/outbound-orders/X-NONE"),
    "commerce": (CommerceApi.order, "/orders/X-NONE"),
    "carrier": (CarrierApi.tracking_status, "/tracking/X-NONE"),
    "desk": (DeskApi.decision_on, "/exceptions/X-NONE"),
}
TOPICS: Final[Mapping[str, str]] = {
    "erp": "asn.received",
    "wms": "stock.moved",
    "commerce": "order.created",
    "carrier": "tracking.updated",
    "desk": "exception.decided",
}
_NAME: Final = "core"


async def token_given(api: IssuedTokens, *, errand: object) -> str:
    """The header that the core shows from then on."""
    return await api.authorization()


def of_every_system() -> tuple[Exchange, ...]:
    """The same exchanges with each system."""
    return tuple(
        exchange for system in _READS for exchange in (*_subscriptions(system), _token(system), *_turned_away(system))
    )


def _subscriptions(system: str) -> tuple[Exchange, ...]:
    url, topic = f"{WEBHOOK_URL}{system}", TOPICS[system]
    about = {"subscription": _NAME, "url": url, "topics": [topic]}
    return (
        Exchange(
            system=system,
            does="ask for webhooks",
            asked=asks(SubscriptionApi.ask, _NAME, url, (topic,)),
            state=State("nobody has subscribed"),
            method="PUT",
            path=f"/subscriptions/{_NAME}",
            body={"url": url, "topics": [topic]},
            answer={},
        ),
        Exchange(
            system=system,
            does="list subscriptions",
            asked=asks(SubscriptionApi.all),
            state=State("somebody has subscribed", about),
            method="GET",
            path="/subscriptions",
            answer={"items": [{**about, "expires_at_us": None, "confirmed": True}]},
            comes_to=[Subscription(_NAME, url, (topic,), None, True)],
        ),
        Exchange(
            system=system,
            does="give a validation token back",
            asked=asks(SubscriptionApi.confirm, _NAME, "val_0001"),
            state=State("a subscription waits for its token", about, {"token": "val_0001"}),
            method="POST",
            path=f"/subscriptions/{_NAME}/confirmation",
            body={"token": Given("token")},
            answer={},
        ),
    )


def _token(system: str) -> Exchange:
    return Exchange(
        system=system,
        does="ask for a token",
        asked=Asked(token_given, (), {}),
        state=State("a client is registered", {"client": "sync-core", "secret": "secret"}),
        method="POST",
        path="/oauth/token",
        token=False,
        body="grant_type=client_credentials",
        answer={"access_token": "tok_0001", "expires_in": 3_600},
        comes_to="Bearer tok_0001",
    )


def _turned_away(system: str) -> tuple[Exchange, ...]:
    read, path = _READS[system]
    asked = asks(read, "X-NONE")
    return (
        Exchange(
            system=system,
            does="ask with a token that does not count",
            asked=asked,
            state=State("no token counts"),
            method="GET",
            path=path,
            status=401,
            answer=problem(401, "unauthenticated"),
            comes_to=Refused(401, "unauthenticated"),
        ),
        Exchange(
            system=system,
            does="ask with a token of too little scope",
            asked=asked,
            state=State("the token may nothing"),
            method="GET",
            path=path,
            status=403,
            answer=problem(403, "forbidden"),
            comes_to=Refused(403, "forbidden"),
        ),
        Exchange(
            system=system,
            does="ask too often",
            asked=asked,
            state=State("the rate limit is used up"),
            method="GET",
            path=path,
            status=429,
            headers={"retry-after": "30"},
            comes_to=Held(30),
        ),
        Exchange(
            system=system,
            does="ask while the system is down for maintenance",
            asked=asked,
            state=State("the system is down for maintenance"),
            method="GET",
            path=path,
            status=503,
            headers={"retry-after": "30"},
            comes_to=Held(30),
        ),
    )


EXCHANGES: Final = of_every_system()
