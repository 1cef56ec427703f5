"""A client of a live system's admin API: its state, books, faults and clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import httpx

from mock_systems.kit.faults import CallFault, WebhookFault
from mock_systems.kit.ledger import Fact
from mock_systems.kit.live.admin_wire import ClockAnchor, Reset, ShownClock, ShownFaults, Status
from mock_systems.kit.live.alarm_book import Alarm
from mock_systems.kit.live.call_book import CallSeen
from sandbox.errors import SandboxError
from sandbox.worlds.live.ledgers.shared_texts import with_shared_texts

ANSWERS_WITHIN_S: Final = 10.0
PAGE: Final = 2000


class AdminError(SandboxError):
    """The admin API said no; the message has its reason."""


class AdminAway(AdminError):
    """The system's process does not answer just now, or makes its books again."""


class Facts(NamedTuple):
    """A page of the ledger; what is still to come is of `now_us` or later. `written` counts all facts there are."""

    generation: int
    facts: list[Fact]
    written: int
    now_us: int


class Calls(NamedTuple):
    """A page of calls, numbered by that `process`; what is still to come is of `now_us` or later."""

    process: int
    calls: list[CallSeen]
    seen: int
    now_us: int


def admin_http() -> httpx.AsyncClient:
    """Connections for any number of admin clients; close it after them."""
    return httpx.AsyncClient(timeout=ANSWERS_WITHIN_S, trust_env=False)


class AdminClient:
    """Asks the admin API of `system` at `url`, by the admin `token`, over `http`, which its owner closes.

    Each call raises AdminAway where there is no answer, or the system is making its books again, and AdminError for a
    refusal.
    """

    def __init__(self, system: str, url: str, token: str, http: httpx.AsyncClient) -> None:
        self.system = system
        self.url = url.rstrip("/")
        self._headers = {"authorization": f"Bearer {token}"}
        self._http = http

    async def status(self) -> Status:
        """How the system is."""
        return Status.model_validate(await self._ask("GET", "/status"))

    async def facts(self, after: int, limit: int = PAGE) -> Facts:
        """The facts numbered above `after`, oldest first."""
        page = await self._ask("GET", "/facts", params={"after": after, "limit": limit})
        facts = [Fact(**with_shared_texts(item)) for item in page["items"]]
        return Facts(page["generation"], facts, page["written"], page["now_us"])

    async def calls(self, after: int, limit: int = PAGE) -> Calls:
        """The calls of integrations numbered above `after`, oldest first."""
        page = await self._ask("GET", "/calls", params={"after": after, "limit": limit})
        return Calls(page["process"], [CallSeen(**item) for item in page["items"]], page["seen"], page["now_us"])

    async def alarms(self, after: int, limit: int = PAGE) -> list[Alarm]:
        """What went wrong at the door and with webhooks, numbered above `after` by its process, oldest first."""
        page = await self._ask("GET", "/alarms", params={"after": after, "limit": limit})
        return [Alarm(**item) for item in page["items"]]

    async def forget_subscribers(self) -> int:
        """Delete all subscriptions to webhooks, and tell nobody; how many there were."""
        return int((await self._ask("DELETE", "/subscriptions"))["subscriptions"])

    async def arm(self, calls: Iterable[CallFault] = (), webhooks: Iterable[WebhookFault] = ()) -> None:
        """Have these faults carried out, in place of those before; times are the system's."""
        body = {"calls": [f.as_dict() for f in calls], "webhooks": [f.as_dict() for f in webhooks]}
        await self._ask("PUT", "/faults", body)

    async def heal(self) -> None:
        """Take all faults off."""
        await self._ask("DELETE", "/faults")

    async def faults(self) -> ShownFaults:
        """The faults that are armed, and how often each was carried out."""
        return ShownFaults.model_validate(await self._ask("GET", "/faults"))

    async def clock(self) -> ShownClock:
        """What the system's clock shows."""
        return ShownClock.model_validate(await self._ask("GET", "/clock"))

    async def set_clock(self, anchor: ClockAnchor) -> None:
        """Have it go by another anchor."""
        await self._ask("PUT", "/clock", anchor.model_dump())

    async def reset(self, reset: Reset) -> None:
        """Begin anew: no book remains, and facts are numbered anew."""
        await self._ask("POST", "/reset", reset.model_dump(mode="json", exclude_none=True))

    async def snapshot(self, name: str) -> None:
        """Keep the present state under a name."""
        await self._ask("PUT", f"/snapshots/{name}")

    async def restore(self, name: str, clock: ClockAnchor | None = None) -> None:
        """Be again as at the snapshot; facts are numbered anew."""
        given = {} if clock is None else {"clock": clock.model_dump()}
        await self._ask("POST", f"/snapshots/{name}/restoration", given)

    async def _ask(self, method: str, path: str, body: Any = None, params: Mapping[str, int] | None = None) -> Any:
        try:
            reply = await self._http.request(method, self.url + path, json=body, params=params, headers=self._headers)
        except httpx.TransportError as error:
            raise AdminAway(f"{self.system}: its admin API does not answer ({type(error).__name__})") from None
        if reply.status_code == 503:
            raise AdminAway(f"{self.system} makes its books again")
        if reply.status_code >= 400:
            raise AdminError(f"{self.system}: {method} {path} is refused ({reply.status_code}): {_reason(reply)}")
        return reply.json() if reply.content else None


def _reason(reply: httpx.Response) -> str:
    try:
        return str(reply.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return reply.text[:200]
