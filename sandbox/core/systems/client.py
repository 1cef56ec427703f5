"""What every system adapter stands on: one authenticated, traced call, and its refusal as an error."""

from __future__ import annotations

from typing import Any, Final

from sandbox.core.model.errand import Errand
from sandbox.core.policies.caller import Caller
from sandbox.core.ports import Clock, HttpReply, HttpRequest
from sandbox.core.systems.credentials import ClientSecret, Credential, IssuedTokens, TokenRefused

_UNAUTHENTICATED: Final = 401


class SystemRefused(Exception):
    """The system understood and said no: a business answer, which no repetition will change.

    `code` is the last part of the problem's type (`sold-out`), `body` the problem details.
    """

    def __init__(self, system: str, status: int, code: str, detail: str, body: Any) -> None:
        super().__init__(f"{system} refused ({status} {code}): {detail}")
        self.system, self.status, self.code, self.detail, self.body = system, status, code, detail, body


class SystemClient:
    """Calls one system through its policies, with its credentials.

    `keys` tells whether writes carry an `Idempotency-Key`, `repeats` whether that makes them repeatable.
    """

    def __init__(
        self, system: str, caller: Caller, credential: Credential, clock: Clock, *, keys: bool, repeats: bool = True
    ) -> None:
        self.system = system
        self.caller = caller
        self.tokens = IssuedTokens(caller, credential, clock) if isinstance(credential, ClientSecret) else None
        self._authorization = "" if self.tokens is not None else f"Bearer {credential}"
        self._keys = keys
        self._repeats = repeats

    async def read(self, path: str, errand: Errand, query: dict[str, str] | None = None) -> Any:
        """The body of a GET. Raises SystemRefused, SystemUnavailable."""
        request = HttpRequest("GET", path, query or {}, self._headers(errand, None))
        return self._body(await self._call(request, errand, repeatable=True))

    async def write(
        self,
        method: str,
        path: str,
        errand: Errand,
        body: Any,
        *,
        key: str | None,
        repeatable: bool = True,
        keyless: bool = False,
    ) -> Any:
        """The body of a write's reply. `key` is its idempotency key, None for what may be done twice as it is.

        Raises SystemRefused, SystemUnavailable, and OutcomeUnknown where it is not `repeatable`, or where that hangs on
        a key which the system does not honour; `keyless` tells that it hangs on none.
        """
        repeatable = repeatable and (key is None or keyless or self._repeats)
        request = HttpRequest(method, path, {}, self._headers(errand, key), body)
        return self._body(await self._call(request, errand, repeatable=repeatable))

    async def _call(self, request: HttpRequest, errand: Errand, *, repeatable: bool) -> HttpReply:
        """Call with what is shown at the door; a token that counts no longer is renewed once."""
        tokens = self.tokens
        if tokens is None:
            return await self.caller.call(request, errand.about, repeatable=repeatable)
        try:
            shown = await tokens.authorization()
            request.headers = {**request.headers, "authorization": shown}
            reply = await self.caller.call(request, errand.about, repeatable=repeatable)
            if reply.status != _UNAUTHENTICATED:
                return reply
            request.headers = {**request.headers, "authorization": await tokens.renewed(shown)}
        except TokenRefused as refused:
            return refused.reply
        return await self.caller.call(request, errand.about, repeatable=repeatable)

    def _headers(self, errand: Errand, key: str | None) -> dict[str, str]:
        headers = {"authorization": self._authorization}
        traceparent = errand.next_traceparent()
        if traceparent is not None:
            headers["traceparent"] = traceparent
        if errand.fence is not None:
            headers["x-fencing-token"] = str(errand.fence)
        if key is not None and self._keys:
            headers["idempotency-key"] = key
        return headers

    def _body(self, reply: HttpReply) -> Any:
        if reply.status < 400:
            return reply.body
        body = reply.body if isinstance(reply.body, dict) else {}
        code = str(body.get("type", "")).rpartition(":")[2] or str(body.get("error", "unexplained"))
        raise SystemRefused(self.system, reply.status, code, str(body.get("detail", "")), body)
