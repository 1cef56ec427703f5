"""The secrets of a live landscape: from the environment, and drawn where that has none. They stand in one file alone.

Each process is given those that it needs, through its environment.
"""

from __future__ import annotations

import os
import secrets
import shlex
from base64 import b64encode
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

ADMIN: Final = "SANDBOX_TOKEN_ADMIN"
CORE: Final = "SANDBOX_TOKEN_CORE"
PARTNER: Final = "SANDBOX_TOKEN_PARTNER"
SHOPPER: Final = "SANDBOX_TOKEN_SHOPPER"
_PREFIX: Final = "SANDBOX_"


def integration_token(system: str) -> str:
    """The variable with the token by which an integration calls this system."""
    return f"SANDBOX_TOKEN_{system.upper()}"


def client_secret(system: str) -> str:
    """The variable with the secret of the integration as an OAuth client of this system."""
    return f"SANDBOX_CLIENT_SECRET_{system.upper()}"


def webhook_secret(system: str) -> str:
    """The variable with the secret that signs this system's webhooks."""
    return f"SANDBOX_WEBHOOK_SECRET_{system.upper()}"


def granted(variables: Iterable[str], environment: Mapping[str, str]) -> dict[str, str]:
    """Each variable with its value; where the environment has none, one that nobody can guess."""
    return {name: environment.get(name) or _drawn(name) for name in variables}


def environment_with(values: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    """This process's environment without the sandbox's own variables, and those of `values` that are named."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(_PREFIX)}
    return {**others, **{name: values[name] for name in names}}


def write_tokens(path: Path, values: Mapping[str, str]) -> None:
    """Write them for `source`, readable by their owner alone. Raises OSError."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def _drawn(name: str) -> str:
    if name.startswith("SANDBOX_WEBHOOK_SECRET_"):
        return "whsec_" + b64encode(secrets.token_bytes(24)).decode()
    return secrets.token_urlsafe(24)
