"""What a run depends on besides its seed: the versions that its record names."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

VERSIONED: Final = ("simpy", "pydantic", "fastapi", "faker")
"""The distributions that matter to a run in virtual time."""


def versions(versioned: Sequence[str] = VERSIONED) -> dict[str, str]:
    """Of Python, of the sandbox, and of the distributions whose versions matter."""
    names = ("distribution-erp-sandbox", *versioned)
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
