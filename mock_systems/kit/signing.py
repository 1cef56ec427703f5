"""Signatures of Standard Webhooks: only where real bytes go out.

The signed content is `id.timestamp.payload`, over the raw bytes of the payload; the header lists one or more
signatures, so that a secret can be rotated.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

REPLAY_WINDOW_S: Final = 300
_PREFIX: Final = "whsec_"


class SignatureError(Exception):
    """A webhook that must not be believed; the message says why."""


def sign(secret: str, message: str, timestamp_s: int, payload: bytes) -> str:
    """The `webhook-signature` of these bytes. `secret` is `whsec_` and base64. Raises ValueError when it is not."""
    signed = f"{message}.{timestamp_s}.".encode() + payload
    return "v1," + b64encode(hmac.new(_key(secret), signed, sha256).digest()).decode()


def verify(
    secret: str, headers: Mapping[str, str], payload: bytes, now_s: int, window_s: int = REPLAY_WINDOW_S
) -> None:
    """Raises SignatureError unless one signature is right and the timestamp lies within the replay window."""
    message = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "")
    if not (message and given):
        raise SignatureError("webhook-id or webhook-signature is missing")
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise SignatureError("webhook-timestamp is not a number of seconds")
    if abs(now_s - int(timestamp)) > window_s:
        raise SignatureError(f"webhook-timestamp lies more than {window_s} s from now")
    wanted = sign(secret, message, int(timestamp), payload).encode()
    # Each is compared in constant time, and all of them, so that the time tells nothing.
    matches = [hmac.compare_digest(wanted, one.encode()) for one in given.split(" ")]
    if not any(matches):
        raise SignatureError("no signature is right for these bytes")


def _key(secret: str) -> bytes:
    if not secret.startswith(_PREFIX):
        raise ValueError(f"a webhook secret starts with {_PREFIX}")
    return b64decode(secret.removeprefix(_PREFIX), validate=True)
