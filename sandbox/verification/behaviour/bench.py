"""The bench: makes calls as the profile says them, and keeps what was said for evidence."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from typing import Any, Final, Self
from urllib.parse import quote, urlencode, urlsplit

import httpx

from mock_systems.kit.live.wall_clock import Anchor, WallClock
from sandbox.errors import InputError
from sandbox.verification.behaviour.exchange import Answer, Redaction, Request
from sandbox.verification.behaviour.operations import FORM, Api, Operation
from sandbox.verification.behaviour.profile import CallBlock, CredentialBlock, Profile
from sandbox.verification.behaviour.values import MISSING, at, filled

DEFAULT: Final = "default"
_ANSWERS_WITHIN_S: Final = 15.0
_KEPT_S: Final = 2.0  # less long than servers keep a connection
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


class Untestable(Exception):
    """A check cannot be made here; the message says why."""


class Broken(Exception):
    """A check has failed; the message says what is wrong."""


class Bench:
    """Calls one API at `base`. Names of its own are new in each run, so that a provider may be checked again.

    `tls` is whom to trust behind https (None: whom this machine trusts). Raises InputError where a credential's
    variable is missing in `environment`.
    """

    def __init__(
        self,
        api: Api,
        profile: Profile,
        base: str,
        environment: Mapping[str, str],
        more: Mapping[str, Any],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.api, self.profile, self.base = api, profile, base.rstrip("/")
        self.tls = tls
        self.clock = WallClock(Anchor(0, 0))
        self._environment = environment
        self._tag = _in_digits(self.clock.wall_us() // 1000)
        self._made = 0
        self.names: dict[str, Any] = {**profile.vars, "base": self.base, **more}
        self._headers = {name: self._shown_by(one) for name, one in profile.credentials.items()}
        secrets = [value.removeprefix("Bearer ") for one in self._headers.values() for value in one.values()]
        self._secrets = secrets
        self._http = httpx.AsyncClient(
            timeout=_ANSWERS_WITHIN_S,
            follow_redirects=False,
            trust_env=False,
            verify=tls or True,
            limits=httpx.Limits(max_connections=600, keepalive_expiry=_KEPT_S),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    @property
    def redaction(self) -> Redaction:
        """What keeps secrets out of evidence."""
        headers = [name for one in self._headers.values() for name in one]
        return Redaction(self._secrets, headers)

    def secret(self, variable: str) -> str:
        """A secret from the environment, which will be shown nowhere. Raises InputError where there is none."""
        value = self._environment.get(variable, "")
        if not value:
            raise InputError(
                f"the environment variable {variable} is missing", remedy="set it: secrets stand in no file"
            )
        self._secrets.append(value)
        return value

    def fresh(self) -> dict[str, Any]:
        """The names of one sample: `unique` and `number` were never used before."""
        self._made += 1
        number = self.clock.wall_us() // 1000 * 1000 + self._made % 1000
        return {**self.names, "unique": f"{self._tag}-{self._made}", "number": number}

    def key(self) -> str:
        """An idempotency key that was never used before."""
        self._made += 1
        return f"key-{self._tag}-{self._made}"

    def request_of(self, call: CallBlock, names: Mapping[str, Any], credential: str | None = None) -> Request:
        """The request of a call that the profile writes; a key that its operation requires is added where it has none.

        Raises Untestable for a name that has no value yet.
        """
        try:
            headers = filled(call.headers, names)
            body = MISSING if call.body is None else filled(call.body, names)
            query = filled(call.query, names)
            if call.operation is not None:
                operation = self.api.operations[call.operation]
                url = self.url(operation, filled(call.path, names), query)
                shown = self.credential(call.as_ or credential)
                shown |= self._required_key(operation, headers)
                return with_body(Request(operation.method, url, shown | headers), body, operation.is_form)
            url = self._place(str(filled(call.url, names))) + _query(query)
            # Elsewhere nobody is shown what opens this API.
            shown = self.credential(call.as_ or credential) if call.as_ or url.startswith(self.base) else {}
            return with_body(Request(str(call.method).upper(), url, shown | headers), body)
        except KeyError as missing:
            raise Untestable(f"${{{missing.args[0]}}} has no value here") from None

    def url(self, operation: Operation, path: Mapping[str, Any], query: Mapping[str, Any]) -> str:
        """The URL of an operation. Raises Untestable where the profile has no value for a part of its path."""
        below = operation.path
        for name in operation.parameters:
            if name not in path:
                raise Untestable(f"the profile gives no value for {{{name}}} in the path of {operation.name}")
            below = below.replace(f"{{{name}}}", quote(str(path[name]), safe=""))
        return self.base + below + _query(query)

    def _required_key(self, operation: Operation, headers: Mapping[str, str]) -> dict[str, str]:
        key = operation.key
        if key is None or not key.required or key.name.lower() in {name.lower() for name in headers}:
            return {}
        return {key.name.lower(): self.key()}

    def _place(self, url: str) -> str:
        return url if urlsplit(url).scheme else f"{self.base}/{url.lstrip('/')}"

    def credential(self, name: str | None) -> dict[str, str]:
        """The headers by which a caller is known; none where the profile has no credentials."""
        return dict(self._headers.get(name or DEFAULT, {}))

    async def send(self, request: Request) -> Answer:
        """Make a call. What comes to no answer is told in the answer's `lost`."""
        try:
            got = await self._http.request(
                request.method, request.url, headers=dict(request.headers), content=request.raw or None
            )
        except httpx.TimeoutException:
            return Answer(request, None, lost=f"no answer within {_ANSWERS_WITHIN_S:g} s")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Answer(request, None, lost=f"the connection broke ({error or type(error).__name__})")
        return Answer(request, got.status_code, {k.lower(): v for k, v in got.headers.multi_items()}, got.content)

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)

    def _shown_by(self, block: CredentialBlock) -> dict[str, str]:
        variable = block.bearer_env or block.env or ""
        value = self._environment.get(variable, "")
        if not value:
            raise InputError(
                f"the environment variable {variable} is missing", remedy="set it: secrets stand in no file"
            )
        return {"authorization": f"Bearer {value}"} if block.bearer_env is not None else {str(block.header): value}


class Trial:
    """One check being made: all that is sent in it is kept."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.answers: list[Answer] = []

    async def send(self, request: Request) -> Answer:
        """Make a call."""
        answer = await self.bench.send(request)
        self.answers.append(answer)
        return answer

    async def call(self, block: CallBlock, names: dict[str, Any], credential: str | None = None) -> Answer:
        """Make a call of the profile's, which has to succeed; what it saves is added to `names`. Raises Untestable."""
        answer = await self.send(self.bench.request_of(block, names, credential))
        if not answer.ok:
            request = answer.request
            raise Untestable(f"a call that has to succeed first did not: {request.method} {request.url}: {answer.why}")
        for name, pointer in block.save.items():
            value = at(answer.body, pointer)
            if value is MISSING:
                raise Untestable(f"{answer.request.method} {answer.request.url} answered without {pointer!r}")
            names[name] = value
        return answer


def with_body(request: Request, body: Any, is_form: bool = False) -> Request:
    """The request with a body, as JSON or as a form; as it is where `body` is MISSING."""
    if body is MISSING:
        return request
    media = FORM if is_form else "application/json"
    raw = urlencode(body).encode() if is_form else json.dumps(body, separators=(",", ":")).encode()
    return Request(request.method, request.url, {"content-type": media, **request.headers}, raw)


def _query(query: Mapping[str, Any]) -> str:
    return "?" + urlencode(query, doseq=True) if query else ""


def _in_digits(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits
