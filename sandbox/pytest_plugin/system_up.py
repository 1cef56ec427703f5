"""A system, or the core, while it is up: where it is, how it is called, what it wrote down, what is to go wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from mock_systems.kit.faults import CallFault, FaultError, WebhookFault
from mock_systems.kit.ledger import Fact
from mock_systems.kit.live.admin_wire import Status
from mock_systems.kit.live.call_book import CallSeen
from sandbox.pytest_plugin.background import Background
from sandbox.pytest_plugin.names import check_fact, check_struck
from sandbox.worlds.live import live_tokens
from sandbox.worlds.live.ledgers import AdminClient

_PAGE: Final = 10_000


class CoreUp:
    """The reference core while it is up: `url`, and the `token` of its own API."""

    def __init__(self, url: str, token: str, log: Path) -> None:
        self.url, self.token, self.log = url, token, log
        self.headers = {"authorization": f"Bearer {token}"}


class SystemUp:
    """A mock system while it is up: `url` for integrations, `admin_url` for the test bench.

    `token` is an integration's, None where it has to ask for one as an OAuth 2.0 client; `headers` show it.
    `webhook_secret` signs its webhooks. Faults are armed one after the other, and taken off by `heal`.
    """

    def __init__(
        self, told: Mapping[str, Any], tokens: Mapping[str, str], client: AdminClient, loop: Background
    ) -> None:
        self.name: str = told["system"]
        self.url: str = told["url"]
        self.openapi_url: str = told["openapi"]
        self.admin_url: str = told["admin_url"]
        self.log = Path(told["log"])
        self.token = tokens.get(live_tokens.integration_token(self.name))
        self.headers = {"authorization": f"Bearer {self.token}"} if self.token is not None else {}
        self.webhook_secret = tokens.get(told["webhook_secret"] or "")
        self.client = client
        self._loop = loop
        self._calls: list[CallFault] = []
        self._webhooks: list[WebhookFault] = []

    def __repr__(self) -> str:
        return f"<SystemUp {self.name} at {self.url}>"

    def http(self, **given: Any) -> httpx.Client:
        """A client with the system's URL and an integration's token, to be closed by you; `given` goes to httpx."""
        return httpx.Client(base_url=self.url, headers=self.headers, trust_env=False, **given)

    def status(self) -> Status:
        """How it is: its clock, counts of facts and calls, peaks."""
        return self._loop.run(self.client.status())

    def facts(self, kind: str | None = None, *, order: str | None = None) -> list[Fact]:
        """Its ledger, all of it or the facts of a kind such as `invoice.posted`, or of an order.

        A kind that the system has none of fails the test.
        """
        __tracebackhide__ = True
        check_fact(kind, self.name)
        found: list[Fact] = []
        while page := self._loop.run(self.client.facts(found[-1].seq if found else 0, _PAGE)).facts:
            found += page
        return [fact for fact in found if kind in (None, fact.kind) and order in (None, fact.order)]

    def calls(self) -> list[CallSeen]:
        """The latest calls of integrations, also of tests before this one."""
        return self._loop.run(self.client.calls(0, _PAGE)).calls

    def call_fault(self, kind: str, **given: Any) -> None:
        """Have calls fail from now on: `refuse`, `error`, `lost_reply` and so on; times are the system's."""
        self._arm(CallFault, self._calls, kind, given)

    def webhook_fault(self, kind: str, **given: Any) -> None:
        """Have webhooks be `lost`, `doubled`, `reordered`, `delayed` or `poisoned` from now on."""
        self._arm(WebhookFault, self._webhooks, kind, given)

    def heal(self) -> None:
        """Take all faults off."""
        self.forget_faults()
        self._loop.run(self.client.heal())

    def forget_faults(self) -> None:
        """The system has none any more: it was begun anew."""
        self._calls.clear()
        self._webhooks.clear()

    def snapshot(self, name: str) -> None:
        """Keep its present state under a name."""
        self._loop.run(self.client.snapshot(name))

    def restore(self, name: str) -> None:
        """Have it be again as at the snapshot, clock included."""
        self._loop.run(self.client.restore(name))

    def _arm(self, kind_of: Callable[..., Any], armed: list[Any], kind: str, given: Mapping[str, Any]) -> None:
        __tracebackhide__ = True
        check_struck(self.name, given)
        number = len(self._calls) + len(self._webhooks) + 1
        try:
            armed.append(kind_of(**{"id": f"T{number}", "kind": kind, **given}))
        except (FaultError, TypeError) as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        self._loop.run(self.client.arm(self._calls, self._webhooks))
