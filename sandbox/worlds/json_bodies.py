"""JSON bodies as bytes, the same in both worlds."""

from __future__ import annotations

import json
from typing import Any


def to_bytes(body: Any, where: str) -> bytes:
    """A JSON body as it goes over the wire. Raises TypeError, naming `where`, for what is not JSON."""
    if body is None:
        return b""
    try:
        return json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise TypeError(f"{where}: the body is not JSON: {error}") from error


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
