"""What AsyncAPI 2 and 3 both say, in one form."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.verification.diff.changes import Direction
from sandbox.verification.diff.schemas.view import Schema
from sandbox.verification.documents.document import Node


@dataclass(frozen=True, slots=True)
class Message:
    """A message; `foreign` is a payload whose schema is no JSON Schema (Avro, Protobuf): it is compared by its text."""

    name: str | None
    content_type: str | None
    payload: Schema
    headers: Schema
    foreign: Node | None
    node: Node


@dataclass(frozen=True, slots=True)
class Flow:
    """Messages through a channel one way: `response` is what the application sends and consumers read."""

    direction: Direction
    address: str
    messages: dict[str, Message]
    node: Node

    @property
    def title(self) -> str:
        """How findings call it, by what the application does."""
        return f"{'send' if self.direction is Direction.RESPONSE else 'receive'} {self.address}"


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel with its flows by direction, and the parameters of its address in their order."""

    address: str
    flows: dict[Direction, Flow]
    parameters: list[Node | None]
    node: Node


@dataclass(frozen=True, slots=True)
class EventApi:
    """A whole document; channels by address, servers by protocol and address."""

    version: str | None
    servers: dict[str, Node]
    channels: dict[str, Channel]
    root: Node

    @property
    def titles(self) -> list[str]:
        """How findings call its flows."""
        return [flow.title for channel in self.channels.values() for flow in channel.flows.values()]
