"""A mock system of a live landscape: its file, its process, and what is told of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mock_systems.kit.live.admin_wire import ClockAnchor
from mock_systems.process import LOOPBACK, ProcessFile
from sandbox.worlds.live import live_tokens
from sandbox.worlds.live.part import Part


@dataclass(frozen=True, slots=True)
class LiveSystemPlan:
    """One system of the landscape: its file, and what is told of it."""

    file: ProcessFile
    config: Path
    log: Path

    @property
    def name(self) -> str:
        """The system."""
        return self.file.blueprint.system

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{_reached(self.file.host)}:{self.file.port}"

    @property
    def admin_url(self) -> str:
        """Where its admin API answers."""
        return f"http://{_reached(self.file.admin_host)}:{self.file.admin_port}"

    @property
    def client(self) -> str | None:
        """The core's name there as an OAuth 2.0 client; None: it shows a token."""
        return next(iter(self.file.clients), None)

    @property
    def tokens(self) -> list[str]:
        """The variables with the tokens and client secrets that callers show."""
        return [*self.file.tokens, *(client.secret for client in self.file.clients.values())]

    @property
    def variables(self) -> list[str]:
        """Those with its tokens and secrets."""
        return [*self.tokens, *filter(None, [self.file.webhook_secret])]

    def part(self, tokens: Mapping[str, str]) -> Part:
        """Its process."""
        return Part(
            name=self.name,
            command=(sys.executable, "-m", "mock_systems", "serve", str(self.config)),
            environment=live_tokens.environment_with(tokens, [*self.variables, self.file.admin_token]),
            log=self.log,
            ready_url=f"{self.admin_url}/ready",
        )

    def by(self, clock: ClockAnchor) -> LiveSystemPlan:
        """The same system by another clock."""
        return replace(self, file=self.file.model_copy(update={"clock": clock}))

    def told(self) -> dict[str, Any]:
        """What those who use it need to know; no secret is in it."""
        return {
            "system": self.name,
            "url": self.url,
            "docs": f"{self.url}/docs",
            "openapi": f"{self.url}/openapi.json",
            "admin_url": self.admin_url,
            "admin_docs": f"{self.admin_url}/docs",
            "metrics": f"{self.admin_url}/metrics",
            "tokens": {variable: sorted(scopes) for variable, scopes in self.file.tokens.items()},
            "clients": {name: client.secret for name, client in self.file.clients.items()},
            "webhook_secret": self.file.webhook_secret,
            "log": str(self.log),
        }


def _reached(host: str) -> str:
    """An address that reaches a process bound to `host` from this machine."""
    return LOOPBACK if host == "0.0.0.0" else f"[{host}]" if ":" in host else host
