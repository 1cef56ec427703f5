"""What a core process is told: one YAML or JSON file, and the environment for what is secret.

Tokens, webhook secrets and URLs with a password never stand in the file: it names the variables that hold them.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from mock_systems.kit.live.tls import TlsBlock
from mock_systems.kit.live.wall_clock import Anchor
from sandbox.core.design import Design, load_design_file
from sandbox.core.design_words import Block
from sandbox.core.hub import Hub
from sandbox.core.parts_list import SYSTEMS
from sandbox.core.ports import Ports
from sandbox.core.systems.credentials import ClientSecret, Credential
from sandbox.core_factory import core_factory
from sandbox.worlds.live import live_tokens
from sandbox.worlds.live.core.certificates import Certificates, load_certificates
from sandbox.worlds.live.core.floors import FLOOR_MOST_S, with_floors
from sandbox.yaml_files import Problem, YamlFile, read_yaml

STORE_URL: Final = "SANDBOX_STORE_URL"
BUS_URL: Final = "SANDBOX_BUS_URL"
BUS_TOKEN: Final = "SANDBOX_NATS_TOKEN"
DATABASE_PASSWORD: Final = "PGPASSWORD"
# Of the wall: while several workers share partitions, a hiccup of the machine must not look like a death.
_LEASE_LEAST_S: Final = 5.0
Port = Annotated[int, Field(ge=0, le=65_535, strict=True)]


class SystemBlock(Block):
    """How one system is reached. Its token and the secret of its webhooks are in these environment variables."""

    url: str
    client: str | None = Field(None, description="the core's name there as an OAuth 2.0 client")
    token_env: str | None = Field(None, description="default: SANDBOX_TOKEN_ERP; of a client SANDBOX_CLIENT_SECRET_ERP")
    webhook_secret_env: str | None = Field(None, description="default: SANDBOX_WEBHOOK_SECRET_ERP, and so on")
    connections: Annotated[int, Field(ge=1, le=1000, strict=True)] = 64
    ca: str | None = Field(None, description="of https: a file with the certificates to trust, not the machine's")
    certificate: str | None = Field(None, description="of https: the file of the certificate that the core shows there")
    key: str | None = Field(None, description="the file of its key; none where the certificate's holds it, too")

    @field_validator("url")
    @classmethod
    def _is_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no URL: write one like http://127.0.0.1:8101")
        return url


class ClockBlock(Block):
    """When the wall showed `wall_us` the world's clock showed `now_us`, and runs `speed` times as fast."""

    wall_us: int = 0
    now_us: int = 0
    speed: Annotated[float, Field(gt=0, le=1000)] = 1.0


class WorkersBlock(Block):
    """One of several processes that share the core's work: how many there should be, and this one's own port."""

    count: Annotated[int, Field(ge=2, le=64, strict=True)]
    port: Port = Field(0, description="where this one answers, besides the port that all share; 0: any that is free")


class CoreFile(Block):
    """The whole file."""

    systems: dict[str, SystemBlock]
    instance: Annotated[str, Field(min_length=1)] = "core-1"
    host: str = "127.0.0.1"
    port: Port = Field(8100, description="0: any that is free")
    address: str | None = Field(None, description="where the systems reach the core; default: http://HOST:PORT")
    design: str | None = Field(None, description="a design file, by path from this one; default: the reference design")
    store: str = Field("sqlite:///core.sqlite", description=f"{STORE_URL} in the environment comes first")
    bus: str = Field("file:core.bus", description=f"{BUS_URL} in the environment comes first")
    stream: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", description="the name of its events on a shared bus")] = (
        "sandbox"
    )
    token_env: str = Field(live_tokens.CORE, description="the variable with the token of the core's own API")
    seed: int = 1
    clock: ClockBlock = ClockBlock()
    floor_s: Annotated[float, Field(ge=0, le=FLOOR_MOST_S)] = Field(
        0.0, description="no call's timeout is shorter than that on the wall, at any speed"
    )
    tls: TlsBlock | None = Field(None, description="serve https; with `ca` for those alone who show its certificates")
    audit: str = Field("audit.jsonl", description="where calls to its own API are written down, by path from this file")
    workers: WorkersBlock | None = Field(None, description="default: this process has all the work")
    ends_with_stdin: bool = Field(False, description="stop when standard input ends: who started it is gone")
    log_calls: bool = Field(True, description="a line in the log for each call and webhook of an order")
    stop_within_s: Annotated[float, Field(gt=0, le=300)] = 5.0
    event_log: str | None = Field(None, description="a file in which each event that is published is kept")
    core: str | None = Field(
        None, description="who makes the core: package.module:factory or path.py:factory; default: the reference core"
    )

    @model_validator(mode="after")
    def _has_all_systems(self) -> Self:
        missing = [name for name in SYSTEMS if name not in self.systems]
        unknown = [name for name in self.systems if name not in SYSTEMS]
        if missing or unknown:
            raise ValueError(
                f"systems are {', '.join(SYSTEMS)}"
                + (f"; missing: {', '.join(missing)}" if missing else "")
                + (f"; unknown: {', '.join(unknown)}" if unknown else "")
            )
        return self


@dataclass(frozen=True, slots=True)
class Secrets:
    """Read from the environment, and nowhere else: what the systems ask for and sign with, the core's own token."""

    credentials: Mapping[str, Credential]
    webhooks: Mapping[str, str]
    own_token: str
    bus_token: str | None
    database_password: str | None


@dataclass(frozen=True, slots=True)
class CoreSettings:
    """A core process as it shall run."""

    file: CoreFile
    design: Design
    secrets: Secrets
    store_url: str
    bus_url: str
    audit: Path
    certificates: Certificates
    made_by: Callable[[Ports, Design, Mapping[str, Credential]], Hub] = Hub

    def hidden(self) -> list[str]:
        """All that must not be seen in a log: tokens, secrets, and passwords in URLs."""
        secrets = self.secrets
        shown = [one if isinstance(one, str) else one.secret for one in secrets.credentials.values()]
        passwords = [urlsplit(url).password for url in (self.store_url, self.bus_url)]
        servers = filter(None, [secrets.bus_token, secrets.database_password, *passwords])
        return [*shown, *secrets.webhooks.values(), secrets.own_token, *servers]

    def address_of(self, listener: socket.socket) -> str:
        """Where the systems reach a core that listens there."""
        if self.file.address is not None:
            return self.file.address.rstrip("/")
        host, port = listener.getsockname()[:2]
        scheme = "http" if self.file.tls is None else "https"
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

    @property
    def anchor(self) -> Anchor:
        """The world's clock."""
        clock = self.file.clock
        return Anchor(clock.wall_us, clock.now_us, clock.speed)


def load_settings(path: Path, environment: Mapping[str, str]) -> CoreSettings:
    """The settings in a file, with its secrets from the environment. Raises InputError."""
    source = read_yaml(path)
    file = source.validated(CoreFile)
    design = load_design_file(path.parent / file.design) if file.design is not None else Design("reference")
    settings = CoreSettings(
        file,
        with_floors(design, file.clock.speed, file.floor_s),
        _secrets(file, environment, source),
        environment.get(STORE_URL) or file.store,
        environment.get(BUS_URL) or file.bus,
        path.parent / file.audit,
        load_certificates(file.tls, file.systems, path.parent),
        Hub if file.core is None else core_factory(file.core),
    )
    if file.workers is None:
        return settings
    source.refuse(against_workers(design, settings.bus_url, file.workers.count))
    workers = settings.design.workers
    lease_us = max(workers.lease_us, round(_LEASE_LEAST_S * file.clock.speed * 1_000_000))
    return replace(settings, design=replace(settings.design, workers=replace(workers, lease_us=lease_us)))


def against_workers(design: Design, bus_url: str, count: int) -> list[Problem]:
    """Why so many workers can't share the work of this design on that bus."""
    where, found = ("workers", "count"), []
    if not bus_url.startswith(("nats:", "tls:")):
        remedy = f"give the core a NATS server: --stack full, {BUS_URL} or bus: nats://HOST:PORT"
        found.append(Problem(("workers",), "several workers need a bus that they share", remedy))
    if count > design.workers.partitions:
        remedy = f"at most {design.workers.partitions}, or raise workers.partitions in the design"
        found.append(Problem(where, f"{count} workers are more than the design has partitions", remedy))
    if not (design.safety.leases and design.intake.deduplicate):
        remedy = "run it with one worker, or leave safety.leases and intake.deduplicate on"
        found.append(Problem(("workers",), "a design without leases or deduplication is for one worker", remedy))
    return found


def _secrets(file: CoreFile, environment: Mapping[str, str], source: YamlFile) -> Secrets:
    missing: list[Problem] = []

    def read(name: str, *where: str) -> str:
        value = environment.get(name, "")
        if not value:
            missing.append(Problem(where, f"{name} is not in the environment", "set it: secrets stand in no file"))
        return value

    credentials: dict[str, Credential] = {}
    webhooks: dict[str, str] = {}
    for name, system in file.systems.items():
        shown = read(system.token_env or _variable_of(name, system), "systems", name, "token_env")
        credentials[name] = shown if system.client is None else ClientSecret(system.client, shown)
        variable = system.webhook_secret_env or live_tokens.webhook_secret(name)
        webhooks[name] = read(variable, "systems", name, "webhook_secret_env")
    own = read(file.token_env, "token_env")
    source.refuse(missing)
    return Secrets(credentials, webhooks, own, environment.get(BUS_TOKEN), environment.get(DATABASE_PASSWORD))


def _variable_of(name: str, system: SystemBlock) -> str:
    return live_tokens.integration_token(name) if system.client is None else live_tokens.client_secret(name)
