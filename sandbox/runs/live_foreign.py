"""A system that is somebody else's in the place of a mock: as it is asked for, and what stands before it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from mock_systems.kit.live.admin_wire import ClockAnchor
from mock_systems.kit.opening import Opening
from mock_systems.process import LOOPBACK
from sandbox.errors import InputError, did_you_mean
from sandbox.worlds.live import live_tokens
from sandbox.worlds.live.derived.finding import OURS, find_adapter
from sandbox.worlds.live.part import Part
from sandbox.worlds.live.proxy.settings import ForeignSystem, ProxyFile, token_variable
from sandbox.worlds.live.proxy_process import MODULE
from sandbox.yaml_files import read_yaml

_OPTION: Final = "--system"
# The shop's own door is where demand comes in, and the desk is the landscape's.
_REPLACEABLE: Final = ("erp", "wms", "carrier")


@dataclass(frozen=True, slots=True)
class Foreign:
    """One of them. `beside`: where paths in it are meant from; `secrets`: from the environment, by variable.

    `written` is the URL or the file that it was asked for with.
    """

    system: ForeignSystem
    beside: Path
    secrets: Mapping[str, str] = field(repr=False)
    written: str


def foreign_systems(asked: Sequence[str], environment: Mapping[str, str]) -> dict[str, Foreign]:
    """What `--system NAME=URL` and `--system NAME=FILE` ask for, by name. Raises InputError."""
    found: dict[str, Foreign] = {}
    for words in asked:
        name, _, where = words.partition("=")
        if not where:
            raise InputError(f"{words!r} names no place", field=_OPTION, remedy="write erp=https://… or erp=FILE")
        if name not in _REPLACEABLE:
            remedy = did_you_mean(name, _REPLACEABLE)
            raise InputError(f"{name!r} can't be replaced", field=_OPTION, remedy=remedy)
        system, beside = _read(name, where)
        if system.facts is not None:
            find_adapter(system.facts, beside)
        found[name] = Foreign(system, beside, _secrets(name, system, environment), where)
    return found


def _read(name: str, where: str) -> tuple[ForeignSystem, Path]:
    if where.startswith(("http://", "https://")):
        try:
            return ForeignSystem(url=where, facts=name if name in OURS else None), Path()
        except ValueError as error:
            raise InputError(f"{where!r} is no URL for a system ({error})", field=_OPTION) from None
    file = Path(where)
    return read_yaml(file).validated(ForeignSystem), file.parent


def _secrets(name: str, system: ForeignSystem, environment: Mapping[str, str]) -> dict[str, str]:
    """The token by which the core calls it, and that by which its books are read: nobody can draw those."""
    needed = dict.fromkeys((live_tokens.integration_token(name), token_variable(name, system)))
    for variable in needed:
        if not environment.get(variable):
            remedy = f"set it: your {name} has to know it already"
            raise InputError(f"{variable} is not in the environment", field=_OPTION, remedy=remedy)
    given = {variable: environment[variable] for variable in needed}
    webhooks = live_tokens.webhook_secret(name)
    return {**given, **({webhooks: environment[webhooks]} if webhooks in environment else {})}


@dataclass(frozen=True, slots=True)
class ForeignSystemPlan:
    """What stands before it, as a system of the landscape: its calls go there, its books are read there."""

    file: ProxyFile
    config: Path
    log: Path

    @property
    def name(self) -> str:
        """The system."""
        return self.file.name

    @property
    def url(self) -> str:
        """Where the proxy answers."""
        return f"http://{self.file.host}:{self.file.port}"

    @property
    def admin_url(self) -> str:
        """Where the proxy's admin API answers."""
        return f"http://{self.file.admin_host}:{self.file.admin_port}"

    @property
    def client(self) -> str | None:
        """The core shows it a token, not itself as a client."""
        return None

    @property
    def variables(self) -> list[str]:
        """Those with its tokens and secrets."""
        return [*dict.fromkeys((live_tokens.integration_token(self.name), self._reads)), self._webhooks]

    @property
    def tokens(self) -> list[str]:
        """The variables with the tokens and client secrets that callers show."""
        return [live_tokens.integration_token(self.name)]

    @property
    def _reads(self) -> str:
        return token_variable(self.name, self.file.system)

    @property
    def _webhooks(self) -> str:
        return live_tokens.webhook_secret(self.name)

    def by(self, clock: ClockAnchor) -> ForeignSystemPlan:
        """The same system by another clock."""
        return replace(self, file=self.file.model_copy(update={"clock": clock}))

    def told(self) -> dict[str, Any]:
        """What those who use it need to know; no secret is in it."""
        return {
            "system": self.name,
            "url": self.url,
            "stands_before": self.file.system.url,
            "facts": self.file.system.facts,
            "admin_url": self.admin_url,
            "admin_docs": f"{self.admin_url}/docs",
            "tokens": {live_tokens.integration_token(self.name): ["integration"]},
            "clients": {},
            "webhook_secret": self._webhooks,
            "log": str(self.log),
        }

    def part(self, tokens: Mapping[str, str]) -> Part:
        """Its process."""
        return Part(
            name=self.name,
            command=(sys.executable, "-m", MODULE, str(self.config)),
            environment=live_tokens.environment_with(tokens, [live_tokens.ADMIN, self._reads]),
            log=self.log,
            ready_url=f"{self.admin_url}/ready",
        )


def foreign_plan(
    name: str,
    foreign: Foreign,
    opening: Opening,
    clock: ClockAnchor,
    *,
    seed: int,
    ports: tuple[int, int],
    folder: Path,
    config: Path,
    log: Path,
) -> ForeignSystemPlan:
    """What stands before a system, on these two ports (face, admin), with what it keeps in `folder`."""
    file = ProxyFile(
        name=name,
        system=foreign.system,
        beside=Path(os.path.abspath(foreign.beside)),
        folder=folder,
        port=ports[0],
        admin_port=ports[1],
        host=LOOPBACK,
        seed=seed,
        clock=clock,
        opening=opening,
        ends_with_stdin=True,
    )
    return ForeignSystemPlan(file, config, log)
