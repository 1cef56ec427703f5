"""Signatures of webhooks, by Standard Webhooks or as the profile says: made and verified over raw bytes."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from hashlib import sha256

from sandbox.verification.behaviour.profile import SignatureBlock

_PREFIX = "whsec_"


def sign(block: SignatureBlock, secret: str, message: str, timestamp_s: int, raw: bytes) -> str:
    """The value of the signature's header. Raises ValueError for a `whsec_` secret that is no base64."""
    digest = hmac.new(_key(secret), _content(block, message, str(timestamp_s)) + raw, sha256).digest()
    return block.prefix + (digest.hex() if block.encoding == "hex" else b64encode(digest).decode())


def headers_of(block: SignatureBlock, secret: str, message: str, timestamp_s: int, raw: bytes) -> dict[str, str]:
    """All headers of a signed webhook."""
    headers = {"content-type": "application/json", block.signature: sign(block, secret, message, timestamp_s, raw)}
    if block.id is not None:
        headers[block.id] = message
    if block.timestamp is not None:
        headers[block.timestamp] = str(timestamp_s)
    return headers


def mistake(
    block: SignatureBlock, secret: str, headers: Mapping[str, str], raw: bytes, now_s: int, window_s: int = 300
) -> str | None:
    """Why a receiver must not believe it; None: it may."""
    for name in (block.id, block.timestamp, block.signature):
        if name is not None and not headers.get(name.lower()):
            return f"it has no {name}"
    message = headers.get((block.id or "").lower(), "")
    moment = headers.get((block.timestamp or "").lower(), "0")
    if not moment.isascii() or not moment.isdigit():
        return f"{block.timestamp} is {moment!r}, no number of seconds"
    if block.timestamp is not None and abs(now_s - int(moment)) > window_s:
        return f"{block.timestamp} lies {abs(now_s - int(moment))} s from now"
    wanted = sign(block, secret, message, int(moment), raw)
    given = headers[block.signature.lower()].split(" ")
    if not any(hmac.compare_digest(wanted.encode(), one.encode()) for one in given):
        return "no signature is right for these bytes"
    return None


def _content(block: SignatureBlock, message: str, timestamp: str) -> bytes:
    parts = {"id": message, "timestamp": timestamp}
    names = block.content.split(".")[:-1]
    return "".join(f"{parts[name]}." for name in names).encode()


def _key(secret: str) -> bytes:
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return b64decode(secret.removeprefix(_PREFIX), validate=True)
    except Error:
        raise ValueError(f"what follows {_PREFIX} in a secret is base64") from None
