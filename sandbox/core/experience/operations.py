"""The operations of the core's own API, each declared once: what is dispatched by it is also what is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel

from sandbox.core.experience import wire


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `replies` maps each status of success to its body's model, None for an empty body.

    `refusals` maps each other status to the codes of its problem details. `query` are text parameters by name, with
    what they mean. `links` maps operation ids to path parameter -> JSON pointer into an entry of the reply.
    """

    name: str
    method: str
    path: str
    summary: str
    replies: Mapping[int, type[BaseModel] | None]
    refusals: Mapping[int, Sequence[str]] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def match(self, path: str) -> dict[str, str] | None:
        """The path's parameters, or None where the template does not fit."""
        wanted, parts = self.path.strip("/").split("/"), path.strip("/").split("/")
        if len(wanted) != len(parts):
            return None
        params = {}
        for want, part in zip(wanted, parts, strict=True):
            if want.startswith("{") and part:
                params[want[1:-1]] = part
            elif want != part:
                return None
        return params


OPERATIONS: Final = (
    Operation(
        "receiveWebhook",
        "POST",
        "/webhooks/{system}",
        "Take a webhook of a system; what cannot be read is put aside, and acknowledged",
        {200: wire.Received, 202: None, 204: None},
        {503: ("system-away",)},
    ),
    Operation(
        "getOrder",
        "GET",
        "/orders/{order}",
        "Show how far an order is",
        {200: wire.OrderStatus},
        {404: ("not-found",)},
    ),
    Operation(
        "listExceptions",
        "GET",
        "/exceptions",
        "List what the core could not solve by itself, a hundred at a time",
        {200: wire.ExceptionPage},
        query={"cursor": "next_cursor of the page before"},
        links={"replayException": {"exception": "/items/0/exception"}},
    ),
    Operation(
        "replayException",
        "POST",
        "/exceptions/{exception}/replay",
        "Have the exception's order tried again; may be repeated, every effect has its key",
        {202: wire.ExceptionReplayed},
        {404: ("not-found",), 409: ("not-replayable",)},
    ),
    Operation(
        "listDeadLetters",
        "GET",
        "/dead-letters",
        "List messages that could not be read and wait for somebody",
        {200: wire.DeadLetterList},
        links={"replayDeadLetter": {"letter": "/items/0/letter"}},
    ),
    Operation(
        "replayDeadLetter",
        "POST",
        "/dead-letters/{letter}/replay",
        "Give a dead letter to its reader again",
        {202: wire.DeadLetterReplayed},
        {409: ("not-replayable",), 422: ("still-unreadable",), 503: ("system-away",)},
    ),
)


def find_operation(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation that is meant, with its path parameters."""
    for operation in OPERATIONS:
        if operation.method == method and (params := operation.match(path)) is not None:
            return operation, params
    return None


def methods_of(path: str, operations: Sequence[Operation] = OPERATIONS) -> list[str]:
    """The methods that the path answers to, sorted; empty where it is unknown."""
    return sorted({operation.method for operation in operations if operation.match(path) is not None})
