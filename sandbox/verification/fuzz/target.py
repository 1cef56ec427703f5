"""What is fuzzed: a contract, and the API that claims to keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.verification.documents.library import Library

Values = Mapping[str, tuple[str | int, ...]]
"""By the name of a field or parameter, values that mean something to the API: its SKUs, its order numbers."""


@dataclass(frozen=True, slots=True)
class Target:
    """`app` (ASGI) is called in this process; without it, `base_url` is called over HTTP.

    `values` are known to the whole API, `states` (by the id of an operation) only to one, which needs them together.
    `library` holds the contract as it was read, None where `data` was made in this process.
    """

    subject: str
    data: dict[str, Any]
    base_url: str
    app: Any = None
    library: Library | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    values: Values = field(default_factory=dict)
    states: Mapping[str, Values] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The version that the contract gives itself."""
        info = self.data.get("info")
        return str(info.get("version", "")) if isinstance(info, dict) else ""
