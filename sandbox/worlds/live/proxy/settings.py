"""What the process before a system that is not ours is told: a file, and the environment for what is secret."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, PlainSerializer, field_validator

from mock_systems.documents import empty_systems
from mock_systems.kit.live.admin_wire import ClockAnchor
from mock_systems.kit.opening import Opening
from sandbox import durations
from sandbox.core.design_words import Block, Duration, text_default
from sandbox.errors import InputError
from sandbox.worlds.live import live_tokens
from sandbox.worlds.live.proxy.operations import Templates, in_document
from sandbox.yaml_files import read_yaml

Port = Annotated[int, Field(ge=1, le=65_535, strict=True)]
_LOOPBACK: Final = "127.0.0.1"
Every = Annotated[Duration, PlainSerializer(durations.format)]
# What the mocks' APIs call the channel's order, and the documents that belong to one.
_ORDERS: Final = ("external_ref", "order", "order_ref")
_DOCUMENTS: Final = (
    "sales_order", "shipment", "goods_issue", "invoice", "payment", "return", "goods_return", "credit_note",
    "refund_posting", "reservation", "outbound_order", "label", "tracking",
)  # fmt: skip


class ForeignSystem(Block):
    """A system of somebody else's in the place of a mock, as a file says it (`--system erp=our_erp.yaml`)."""

    url: str = Field(description="https://erp.example.com/api: what stands before each path of its API")
    ca: str | None = Field(None, description="a file with the certificates to trust, by path from this file")
    facts: str | None = Field(
        None, description="its fact adapter: a name, or FILE.py:CLASS; without, its books are unread"
    )
    read_every: Every = text_default(2_000_000)
    times: Literal["wall", "landscape"] = Field(
        "wall", description="what clock its documents show: the wall's, or the landscape's own as a mock's"
    )
    openapi: str | None = Field(
        None, description="its OpenAPI document, for the operations' names; default: the mock's"
    )
    token_env: str | None = Field(
        None, description="the variable with the token to read by; default: SANDBOX_TOKEN_ERP"
    )
    api_key: bool = Field(False, description="show that token as X-API-Key instead of as a bearer token")
    orders: tuple[str, ...] = Field(_ORDERS, description="fields of requests that hold the channel's order")
    documents: tuple[str, ...] = Field(_DOCUMENTS, description="fields that hold a document's number")

    @field_validator("url")
    @classmethod
    def _is_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no URL: write one like https://erp.example.com/api")
        if parts.password or parts.query or parts.fragment:
            raise ValueError("a URL holds no password, query or fragment here: secrets stand in the environment")
        return url.rstrip("/")


class ProxyFile(Block):
    """What the process is given. `beside` is the folder that paths in `system` are meant from."""

    name: str
    system: ForeignSystem
    beside: Path
    folder: Path
    port: Port
    admin_port: Port
    host: str = _LOOPBACK
    admin_host: str = _LOOPBACK
    seed: int = 1
    clock: ClockAnchor | None = None
    opening: Opening
    admin_token: str = live_tokens.ADMIN
    ends_with_stdin: bool = False

    def tls(self) -> ssl.SSLContext | None:
        """Whom to trust; None: whom this machine trusts. Raises InputError."""
        if self.system.ca is None:
            return None
        file = self.beside / self.system.ca
        try:
            return ssl.create_default_context(cafile=str(file))
        except (OSError, ssl.SSLError) as error:
            raise InputError(f"no certificates in {file} ({error})", field="ca") from None

    def templates(self) -> Templates:
        """The operations by name. Raises InputError."""
        if self.system.openapi is None:
            known = [system for system in empty_systems() if system.name == self.name]
            return {route.operation: (route.method, route.path) for one in known for route in one.routes.routes}
        file = self.beside / self.system.openapi
        found = in_document(read_yaml(file).data)
        if not found:
            remedy = "give an OpenAPI document whose operations have an operationId"
            raise InputError("names no operation", file=str(file), remedy=remedy)
        return found

    def token(self, environment: Mapping[str, str]) -> str:
        """What its books are read by. Raises InputError where the environment has none."""
        return _secret(environment, token_variable(self.name, self.system))

    def admin(self, environment: Mapping[str, str]) -> str:
        """The token of the admin API. Raises InputError where the environment has none."""
        return _secret(environment, self.admin_token)


def token_variable(name: str, system: ForeignSystem) -> str:
    """The variable with the token that the system's books are read by."""
    return system.token_env or live_tokens.integration_token(name)


def read_proxy_file(path: Path) -> ProxyFile:
    """Read the file. Raises InputError."""
    return read_yaml(path).validated(ProxyFile)


def _secret(environment: Mapping[str, str], variable: str) -> str:
    value = environment.get(variable, "")
    if not value:
        raise InputError(f"the environment variable {variable} is missing", remedy="set it: secrets stand in no file")
    return value
