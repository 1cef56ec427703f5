"""Calls and their answers, as they were made: the evidence of a finding, without what is secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.verification.behaviour.values import MISSING

REDACTED: Final = "***"
_SHOWN_MOST: Final = 2_000
_SAID_MOST: Final = 200  # characters of a refusal in a sentence
_SECRET_HEADERS: Final = frozenset(
    ("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "x-auth-token")
)
_SECRET_FIELDS: Final = re.compile(
    r'("(?:[a-z_]*token|client_secret|secret|password|api_?key)"\s*:\s*)"[^"]*"', re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it goes out: `url` absolute, `raw` its body."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `status` None: no answer came, and `lost` says why. Header names are lower case."""

    request: Request
    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""
    lost: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is a 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def media(self) -> str:
        """The content type without its parameters; empty where there is none."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def body(self) -> Any:
        """The body as JSON; MISSING where it is none."""
        try:
            return json.loads(self.raw) if self.raw else MISSING
        except (ValueError, RecursionError):
            return MISSING

    @property
    def told(self) -> str:
        """The status, or why there is none, for a sentence."""
        return self.lost or str(self.status)

    @property
    def why(self) -> str:
        """The status, and how the answer begins: a refusal says there what it wants."""
        said = " ".join(self.raw.decode(errors="replace").split())
        return f"{self.told} {said[:_SAID_MOST]}".rstrip()


class Redaction:
    """Takes secrets out of what is shown: the values that are known, and what stands where secrets stand."""

    def __init__(self, secrets: Iterable[str], headers: Iterable[str] = ()) -> None:
        self._secrets = sorted((one for one in secrets if one), key=len, reverse=True)
        self._headers = _SECRET_HEADERS | {name.lower() for name in headers}

    def text(self, text: str) -> str:
        """A text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        return _SECRET_FIELDS.sub(rf'\1"{REDACTED}"', text)

    def shown(self, answer: Answer) -> dict[str, Any]:
        """A call and its answer as JSON values."""
        request = answer.request
        asked = {
            "method": request.method,
            "url": self.text(request.url),
            "headers": self._shown_headers(request.headers),
            "body": self._body(request.raw),
        }
        if answer.status is None:
            return {"request": asked, "answer": None, "lost": self.text(answer.lost)}
        headers = self._shown_headers(answer.headers)
        return {
            "request": asked,
            "answer": {"status": answer.status, "headers": headers, "body": self._body(answer.raw)},
        }

    def _shown_headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {
            name: REDACTED if name.lower() in self._headers else self.text(value) for name, value in headers.items()
        }

    def _body(self, raw: bytes) -> str | None:
        if not raw:
            return None
        text = self.text(raw.decode(errors="replace"))
        return text if len(text) <= _SHOWN_MOST else f"{text[:_SHOWN_MOST]}… ({len(text)} characters)"
