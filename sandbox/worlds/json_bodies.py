"""Bodies as bytes, the same in both worlds: JSON, or a form where the content type says so."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from mock_systems.kit.access import FORM


def to_bytes(body: Any, where: str, content_type: str = "application/json") -> bytes:
    """A body as it goes over the wire. Raises TypeError, naming `where`, for what is not JSON, or no form."""
    if body is None:
        return b""
    try:
        if content_type == FORM:
            return urlencode(body).encode()
        return json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        what = "a form" if content_type == FORM else "JSON"
        raise TypeError(f"{where}: the body is not {what}: {error}") from error


def from_bytes(raw: bytes, content_type: str) -> Any:
    """The body that these bytes carry: JSON where they are, else text, or None for no bytes."""
    if not raw:
        return None
    if "json" in content_type:
        try:
            return json.loads(raw)
        except ValueError:
            pass  # a malformed body: the caller gets the text, as any HTTP client would give it
    return raw.decode(errors="replace")
