"""Subscriptions to webhooks: asked for, confirmed, renewed, and taken away from those who don't answer.

Systems differ: some let subscriptions expire, some want their validation token back before they send, some delete a
subscription after failures, and all of them on a 410.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from mock_systems.kit.routes import Route
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply

if TYPE_CHECKING:
    from mock_systems.kit.webhooks import Webhooks

VALIDATION: Final = "subscription.validation"
GONE: Final = 410
_MAY_PASS: Final = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class SubscriptionRules:
    """A system's habits: `expires_after_us` None never; with `handshake` only a token that came back counts.

    `deleted_after` failures in a row the subscription is deleted (None: not for that); when `strict`, also for any
    answer but success, 408, 425, 429 and 5xx.
    """

    expires_after_us: int | None = None
    handshake: bool = False
    deleted_after: int | None = None
    strict: bool = False

    def deletes(self, status: int | None, failures: int) -> bool:
        """Whether an attempt that came to `status` (None: no answer), the `failures`-th in a row, is the last one."""
        if status == GONE or (self.deleted_after is not None and failures >= self.deleted_after):
            return True
        return self.strict and status is not None and status < 500 and status not in _MAY_PASS


@dataclass(slots=True)
class Subscription:
    """Events of `topics` go to `url`, until `expires_us`; `token` is what has to come back before that counts."""

    subscription: str
    url: str
    topics: tuple[str, ...]
    expires_us: int | None = None
    token: str | None = None
    failures: int = 0

    def view(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "subscription": self.subscription,
            "url": self.url,
            "topics": list(self.topics),
            "expires_at_us": self.expires_us,
            "confirmed": self.token is None,
        }


class AskForWebhooks(BaseModel):
    """What is to be sent where."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(min_length=1, max_length=500)]
    topics: Annotated[list[str], Field(min_length=1, max_length=50)]


class Confirmation(BaseModel):
    """The token of the validation webhook."""

    model_config = ConfigDict(extra="forbid")

    token: str


class AskedBack(BaseModel):
    """Data of the validation webhook: the token that is to be confirmed."""

    subscription: str
    token: str


class ShownSubscription(BaseModel):
    """A subscription; `expires_at_us` is UTC in microseconds, null where it never does."""

    subscription: str
    url: str
    topics: list[str]
    expires_at_us: int | None
    confirmed: bool


class Subscriptions(BaseModel):
    """All subscriptions."""

    items: list[ShownSubscription]


def subscription_routes(webhooks: Webhooks, topics: Collection[str]) -> tuple[Route, ...]:
    """The operations by which subscribers see to their subscriptions; none for a system that sends nothing."""
    if not topics:
        return ()

    def show(books: Any, turn: Turn) -> Reply:
        return Reply(200, {"items": [one.view() for one in webhooks.subscriptions.values()]})

    def ask(books: Any, turn: Turn) -> Reply:
        asked: AskForWebhooks = turn.body
        unknown = sorted(set(asked.topics).difference(topics))
        if unknown:
            raise Refusal(
                422, "unknown-topic", f"there is no topic {unknown[0]}; there are {', '.join(sorted(topics))}"
            )
        name = turn.params["subscription"]
        return Reply(200, webhooks.ask(name, asked.url, asked.topics, turn.now_us).view())

    def confirm(books: Any, turn: Turn) -> Reply:
        found = webhooks.subscriptions.get(turn.params["subscription"])
        if found is None:
            raise Refusal(404, "unknown-subscription", f"there is no subscription {turn.params['subscription']}")
        if found.token is not None and found.token != turn.body.token:
            raise Refusal(409, "wrong-token", "this is not the token that was sent last")
        webhooks.confirm(found, turn.now_us)
        return Reply(200, found.view())

    path, shown = "/subscriptions/{subscription}", {200: ShownSubscription}
    return (
        Route("listSubscriptions", "GET", "/subscriptions", show, "Show the subscriptions", {200: Subscriptions}),
        Route("putSubscription", "PUT", path, ask, "Subscribe to webhooks, or renew that", shown, body=AskForWebhooks),
        Route(
            "confirmSubscription", "POST", f"{path}/confirmation", confirm, "Give the token back", shown,
            body=Confirmation,
        ),
    )  # fmt: skip
