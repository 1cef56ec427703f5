"""What is shown at a provider's door while it is verified: tokens and keys from the environment, never from a command
line, which others can read.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Mapping
from typing import Final

from sandbox.errors import InputError

AUTHORIZATION: Final = "Authorization"


def headers_for(provider: str, tokens: Iterable[str], headers: Iterable[str]) -> dict[str, str]:
    """The headers of every request to a provider.

    `tokens` are variables with bearer tokens (`ERP_TOKEN`, or `erp=ERP_TOKEN` for one provider), `headers` are
    variables with the values of headers (`X-API-Key=ERP_KEY`, or `erp:X-API-Key=ERP_KEY`). Raises InputError for a
    variable that is not set.
    """
    found: dict[str, str] = {}
    for told in tokens:
        name, _, variable = told.rpartition("=")
        if name in ("", provider):
            found[AUTHORIZATION] = f"Bearer {_value(variable, '--token-env')}"
    for told in headers:
        named, is_pair, variable = told.partition("=")
        owner, _, header = named.rpartition(":")
        if not (is_pair and header):
            raise InputError(f"{told!r} names no header", field="--header-env", remedy="write X-API-Key=ERP_KEY")
        if owner in ("", provider):
            found[header] = _value(variable, "--header-env")
    return found


def basic_for(provider: str, logins: Iterable[str]) -> str | None:
    """The header for requests that show a client's name and secret: from a variable that holds `name:secret`."""
    for told in logins:
        name, _, variable = told.rpartition("=")
        if name in ("", provider):
            return "Basic " + base64.b64encode(_value(variable, "--basic-env").encode()).decode()
    return None


def shows_basic(request: Mapping[str, object]) -> bool:
    """Whether a pact's request shows a client's name and secret rather than a token."""
    headers = request.get("headers")
    for name, value in headers.items() if isinstance(headers, Mapping) else ():
        first = value[0] if isinstance(value, list) and value else value
        if str(name).lower() == "authorization":
            return str(first).lower().startswith("basic ")
    return False


def _value(variable: str, field: str) -> str:
    value = os.environ.get(variable)
    if not value:
        raise InputError(f"the environment variable {variable} is not set", field=field, remedy=f"export {variable}=…")
    return value
