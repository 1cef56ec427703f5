"""The operations of a served core that its hub knows nothing of, as they are published."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel

from mock_systems.kit.live.audit import AuditPage
from sandbox.core.experience.operations import Operation


class Alive(BaseModel):
    """The process lives."""

    status: Literal["alive"]


class Ready(BaseModel):
    """It has recovered, and can work."""

    status: Literal["ready"]


OPEN_TO_ALL: Final = frozenset({"getHealth", "getReadiness"})
"""Operations that ask for no token."""

AS_TEXT: Final = frozenset({"getMetrics"})
"""Operations that answer with text, not JSON."""

EDGE_OPERATIONS: Final = (
    Operation("getHealth", "GET", "/health", "Whether the process lives", {200: Alive}),
    Operation(
        "getReadiness", "GET", "/ready", "Whether it has recovered and can work", {200: Ready}, {503: ("not-ready",)}
    ),
    Operation("getMetrics", "GET", "/metrics", "What it did and how it is, for Prometheus", {200: None}),
    Operation(
        "listAudit",
        "GET",
        "/audit",
        "Show what was done with the token, and who was refused",
        {200: AuditPage},
        query={"after": "`last` of the page before; the beginning where it is no number"},
    ),
)
