"""Signatures of webhooks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_systems.kit.signing import SignatureError, sign, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def _headers(payload: bytes, at_s: int = 1000, secret: str = SECRET) -> dict[str, str]:
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at_s),
        "webhook-signature": sign(secret, "msg_1", at_s, payload),
    }


def test_the_published_example_of_standard_webhooks() -> None:
    payload = b'{"test": 2432232314}'
    signature = sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, payload)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(max_size=200), st.integers(-300, 300))
def test_what_was_signed_is_believed_inside_the_window(payload: bytes, drift_s: int) -> None:
    verify(SECRET, _headers(payload), payload, 1000 + drift_s)


@given(st.binary(min_size=1, max_size=50), st.data())
def test_a_changed_byte_is_noticed(payload: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(payload) - 1))
    changed = payload[:at] + bytes([payload[at] ^ data.draw(st.integers(1, 255))]) + payload[at + 1 :]
    with pytest.raises(SignatureError, match="no signature is right"):
        verify(SECRET, _headers(payload), changed, 1000)


def test_replays_and_missing_headers_are_refused() -> None:
    for late_s in (301, -301):
        with pytest.raises(SignatureError, match="300 s"):
            verify(SECRET, _headers(b"x"), b"x", 1000 + late_s)
    with pytest.raises(SignatureError, match="missing"):
        verify(SECRET, {"webhook-timestamp": "1000"}, b"x", 1000)
    with pytest.raises(SignatureError, match="not a number"):
        verify(SECRET, {**_headers(b"x"), "webhook-timestamp": "soon"}, b"x", 1000)
    with pytest.raises(ValueError, match="whsec_"):
        sign("secret", "m", 1, b"")


def test_a_secret_can_be_rotated() -> None:
    headers = _headers(b"x", secret=OTHER)
    headers["webhook-signature"] += " " + sign(SECRET, "msg_1", 1000, b"x")
    verify(SECRET, headers, b"x", 1000)
    verify(OTHER, headers, b"x", 1000)
