"""What crosses the wire: a request, a reply, and the problem details of RFC 9457.

Both are plain values, the same in the virtual world (handed over as they are) and live (built from
HTTP). A body is a JSON value, never an object of ours, and whoever is handed one does not change it.
Header names are lower case. A reply whose content-type is not JSON (a broken proxy's page) has a text as its body.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PROBLEM_JSON = "application/problem+json"


@dataclass(slots=True)
class Request:
    """One call to a system: `path` without the query, `body` a JSON value or None."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(slots=True)
class Reply:
    """A system's answer: HTTP status, JSON body (None: no body) and headers."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Answer:
    """What the network may carry back: `reply` leaves the system `after_us` past the arrival.

    `reply` None: the caller never hears back. With `reset` it learns `after_us` past the arrival that the
    connection broke; without, it waits until its own timeout. With `refused` the connection was never
    opened: the caller knows that nothing happened.
    """

    reply: Reply | None
    after_us: int = 0
    reset: bool = False
    refused: bool = False


def problem(status: int, code: str, detail: str, **extensions: Any) -> Reply:
    """A problem details reply (RFC 9457); `code` becomes the last part of its type URI."""
    body = {"type": f"urn:problem:{code}", "title": code.replace("-", " "), "status": status, "detail": detail}
    body.update(extensions)
    return Reply(status, body, {"content-type": PROBLEM_JSON})


class Refusal(Exception):
    """Raised by a handler that refuses: nothing of its turn is kept, the caller gets a problem."""

    def __init__(self, status: int, code: str, detail: str, **extensions: Any) -> None:
        super().__init__(status, code, detail)
        self.status, self.code, self.detail, self.extensions = status, code, detail, extensions

    def reply(self) -> Reply:
        """The problem details that the caller gets."""
        return problem(self.status, self.code, self.detail, **self.extensions)
