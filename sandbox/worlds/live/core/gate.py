"""Who may come in to the core: systems whose signature is right, people and channels with its token."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from mock_systems.kit import signing
from sandbox.core.experience.api import problem
from sandbox.core.ports import Clock, HttpReply, Observer

_SECOND_US = 1_000_000
_BEARER = "bearer "


class Gate:
    """`secrets` sign the webhooks of each system (Standard Webhooks, `whsec_...`); `token` opens the experience API.

    A signature counts for five minutes by `wall`, the true UTC, whatever the world's own time is. Raises ValueError for
    a secret that can't be one.
    """

    def __init__(self, secrets: Mapping[str, str], token: str, wall: Clock, observer: Observer) -> None:
        for secret in secrets.values():
            signing.sign(secret, "", 0, b"")
        self._secrets = dict(secrets)
        self._token = token.encode()
        self._wall = wall
        self._observer = observer

    def refuse_webhook(self, system: str, headers: Mapping[str, str], raw: bytes) -> HttpReply | None:
        """Why these bytes are not believed, or None: they are."""
        secret = self._secrets.get(system)
        if secret is None:
            return problem(404, "unknown-system", f"the core knows no system {system!r}")
        try:
            signing.verify(secret, headers, raw, self._wall.now_us() // _SECOND_US)
        except signing.SignatureError as error:
            self._observer.note("webhook.refused", system, cause=str(error), message=headers.get("webhook-id"))
            return problem(401, "bad-signature", str(error))
        return None

    def refuse_caller(self, headers: Mapping[str, str]) -> HttpReply | None:
        """Why this caller may not use the experience API, or None: it may."""
        given = headers.get("authorization", "")
        if given[: len(_BEARER)].lower() == _BEARER:
            if hmac.compare_digest(given[len(_BEARER) :].strip().encode(), self._token):
                return None
            detail = "this token does not open the core's API"
        else:
            detail = "send `Authorization: Bearer ...` with the core's token"
        refused = problem(401, "unauthenticated", detail)
        return HttpReply(401, refused.body, {**refused.headers, "www-authenticate": "Bearer"})
