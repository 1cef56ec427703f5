"""What a check found wrong with an operation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from pydantic import Field

from sandbox.verification.outcome import Finding


class FuzzFinding(Finding):
    """One failure of one check at one operation, with the smallest request that shows it.

    `id` stays the same from run to run. `known`: the baseline has it; `reason` and `ticket` are the baseline's.
    """

    id: str
    check: str
    code: str = Field(description="Schemathesis' code: `st explain ST103` tells more")
    operation: str
    title: str
    severity: str
    phase: str
    curl: str = Field(description="Smallest request; secrets are filtered")
    status: int | None = None
    answer: str | None = Field(default=None, description="Beginning of the answer's body")
    seed: int
    line: int | None = Field(default=None, description="Where the operation is written in the contract")
    known: bool = False
    reason: str | None = None
    ticket: str | None = None


def finding_id(subject: str, identity: Iterable[str]) -> str:
    """Twelve hex digits of what makes two findings the same."""
    return hashlib.sha256("\0".join((subject, *identity)).encode()).hexdigest()[:12]
