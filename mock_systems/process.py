"""`python -m mock_systems serve FILE`: one mock system as a process that answers over HTTP, in wall time.

The file (JSON) says which system it is, where it listens and what it begins with; tokens and the secret of its webhooks
come from the environment, under the names that the file gives.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import ssl
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import uvloop
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mock_systems import hand_overs
from mock_systems.blueprints import Blueprint, build
from mock_systems.kit.access import OAuthClient
from mock_systems.kit.door import DoorConfig
from mock_systems.kit.live.admin_wire import ClockAnchor
from mock_systems.kit.live.hand_overs import Give, Take
from mock_systems.kit.live.input_log import Beginning
from mock_systems.kit.live.live_system import LiveSystem
from mock_systems.kit.live.sent_log import SentLog
from mock_systems.kit.live.serving import listening, serve
from mock_systems.kit.live.structured_log import StructuredLog, log_to_stderr
from mock_systems.kit.live.system_watch import SystemWatch
from mock_systems.kit.live.tls import TlsBlock, TlsError
from mock_systems.kit.live.trace_export import TraceExportError, open_traces
from mock_systems.kit.live.wall_clock import Anchor, WallClock
from mock_systems.kit.opening import Opening
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem

if TYPE_CHECKING:
    from mock_systems.kit.live.call_spans import SystemSpans
    from mock_systems.kit.live.tracing import Traces

LOOPBACK = "127.0.0.1"
Port = Annotated[int, Field(ge=1, le=65_535)]


class ProcessError(Exception):
    """The process cannot start; the message says what to do about it."""


class SubscriptionBlock(BaseModel):
    """Events of these topics go to `url`, without anybody having to ask."""

    model_config = ConfigDict(extra="forbid")

    url: str
    topics: list[str]


class ClientBlock(BaseModel):
    """A client that is given tokens: the environment variable with its secret, and what its tokens may do."""

    model_config = ConfigDict(extra="forbid")

    secret: str
    scopes: frozenset[str]


class ProcessFile(BaseModel):
    """What a process is given. `clock` left out: the wall's own time.

    `tokens` and `api_keys`: environment variable -> the scopes of the bearer token or key in it; `clients` are those of
    OAuth 2.0. `admin_token` and `webhook_secret` name
    variables, too; without a secret the system has one from its seed. `receivers`: kind of load -> admin URL.
    `folder` is where inputs and snapshots are kept: a process that finds inputs there goes on from them. `log_calls`: a
    line in the log for each call and webhook of an order. With `tls` its API is https, and
    it shows the same certificate to those who get its webhooks; the admin API stays as it is. `webhook_log`: a file in
    which each attempt to deliver a webhook is kept, as it goes out.
    """

    model_config = ConfigDict(extra="forbid")

    blueprint: Blueprint
    folder: Path
    port: Port
    admin_port: Port
    host: str = LOOPBACK
    admin_host: str = LOOPBACK
    seed: int = 1
    clock: ClockAnchor | None = None
    opening: Opening
    tokens: dict[str, frozenset[str]]
    api_keys: dict[str, frozenset[str]] = {}
    clients: dict[str, ClientBlock] = {}
    admin_token: str
    webhook_secret: str | None = None
    subscriptions: list[SubscriptionBlock] = []
    receivers: dict[str, str] = {}
    ends_with_stdin: bool = False
    log_calls: bool = True
    tls: TlsBlock | None = None
    webhook_log: Path | None = None


def main(path: Path) -> int:
    """Serve until told to stop; 0 then, 1 when the system failed, 2 for a wrong file, environment or port."""
    try:
        return run(read(path), os.environ)
    except ProcessError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def read(path: Path) -> ProcessFile:
    """The file. Raises ProcessError."""
    try:
        return ProcessFile.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ProcessError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ProcessError(f"{path}: {where}: {first['msg']}") from None


def run(file: ProcessFile, environment: Mapping[str, str]) -> int:
    """Serve the system of a file; the process's exit code. Raises ProcessError before anything is served."""
    name = file.blueprint.system
    admin_token = _secret(environment, file.admin_token)
    tls = _tls(file.tls)
    live = live_system(file, environment, admin_token)
    if file.tls is not None:
        live.deliveries.tls = file.tls.calling()
    if file.webhook_log is not None:
        live.deliveries.log = _sent_log(file.webhook_log, file.blueprint.system)
    traces = _traces(name, environment)
    sockets = (_bound(name, file.host, file.port), _bound(name, file.admin_host, file.admin_port))
    log = StructuredLog(name, live.clock)
    log_to_stderr(log)
    beginning = Beginning(seed=file.seed, start_us=live.clock.anchor.now_us, opening=file.opening)
    watch = SystemWatch(live, _spans(name, traces), log if file.log_calls else None)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(
                serve(live, watch, beginning, admin_token, sockets, tls=tls, ends_with_stdin=file.ends_with_stdin)
            )
    finally:
        if traces is not None:
            traces.close()


def _traces(name: str, environment: Mapping[str, str]) -> Traces | None:
    try:
        return open_traces(name, name, environment)
    except TraceExportError as error:
        raise ProcessError(str(error)) from None


def _spans(name: str, traces: Traces | None) -> SystemSpans | None:
    if traces is None:
        return None
    from mock_systems.kit.live.call_spans import SystemSpans  # an extra, which those without traces need not have

    return SystemSpans(name, traces)


def live_system(file: ProcessFile, environment: Mapping[str, str], admin_token: str) -> LiveSystem:
    """The system of a file, not yet begun. Raises ProcessError where the environment lacks a secret."""
    door = _door(file, environment)
    secret = None if file.webhook_secret is None else _secret(environment, file.webhook_secret)

    def make(beginning: Beginning, give: Give) -> tuple[MockSystem, Mapping[str, Take]]:
        system = build(file.blueprint, beginning.opening, Streams(beginning.seed), door)
        system.door.make_token = secrets.token_urlsafe
        if secret is not None:
            system.webhooks.secret = secret
        for wanted in file.subscriptions:
            system.webhooks.subscribe(wanted.url, wanted.topics)
        hand_overs.gives(system, give)
        return system, hand_overs.takes(system)

    clock = WallClock(_anchor(file.clock))
    name = file.blueprint.system
    return LiveSystem(name, make, clock, file.folder, receivers=file.receivers, token=admin_token)


def _door(file: ProcessFile, environment: Mapping[str, str]) -> DoorConfig:
    """The blueprint's door, with those whom it knows."""
    return replace(
        file.blueprint.door,
        tokens={_secret(environment, variable): scopes for variable, scopes in file.tokens.items()},
        api_keys={_secret(environment, variable): scopes for variable, scopes in file.api_keys.items()},
        clients={
            name: OAuthClient(_secret(environment, client.secret), client.scopes)
            for name, client in file.clients.items()
        },
    )


def _tls(files: TlsBlock | None) -> ssl.SSLContext | None:
    try:
        return None if files is None else files.listening()
    except TlsError as error:
        raise ProcessError(f"tls: {error}: give PEM files, the key without a password") from None


def _sent_log(path: Path, system: str) -> SentLog:
    try:
        return SentLog(path, system)
    except OSError as error:
        raise ProcessError(f"{path}: {(error.strerror or str(error)).lower()}") from None


def _anchor(given: ClockAnchor | None) -> Anchor:
    if given is not None:
        return Anchor(given.wall_us, given.now_us, given.speed)
    wall_us = WallClock(Anchor(0, 0)).wall_us()
    return Anchor(wall_us, wall_us)


def _secret(environment: Mapping[str, str], variable: str) -> str:
    value = environment.get(variable, "")
    if not value:
        raise ProcessError(f"the environment variable {variable} is missing: it holds a token or secret of this system")
    return value


def _bound(name: str, host: str, port: int) -> socket.socket:
    try:
        return listening(host, port)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ProcessError(f"{name} cannot listen on {host}:{port} ({reason}): free it, or give another port") from None
