"""Idempotency keys: the same key gets the same answer, for as long as the system keeps it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from mock_systems.kit.physics import HOUR
from mock_systems.kit.routes import Route
from mock_systems.kit.wire import Reply, Request, problem

KEPT_US = 24 * HOUR
KEPT_MOST = 200_000


_new = tuple.__new__  # what a named tuple's own constructor does, without its being a Python function


class Kept(NamedTuple):
    """An answer and the request it belongs to; operation, path and body are the fingerprint."""

    operation: str
    path: str
    body: Any
    reply: Reply
    at_us: int


class KeptAnswers:
    """The answers that a system remembers: `kept_us` long (published: 24 hours), the newest `most` of them.

    An answer below 500 is kept, refusals included; a 5xx is not, so that a repeat may succeed.
    """

    def __init__(self, kept_us: int = KEPT_US, most: int = KEPT_MOST) -> None:
        self._kept_us = kept_us
        self._most = most
        self._answers: dict[str, Kept] = {}
        self._oldest_us = 0  # no answer is older; looking for the oldest in a dict takes time
        self.replayed = 0

    def __len__(self) -> int:
        return len(self._answers)

    def answer(
        self, key: str, route: Route, request: Request, now_us: int, run: Callable[..., Reply], *args: Any
    ) -> Reply:
        """The kept answer to this key, or that of `run(*args)`; 422 when the key came with another request before."""
        kept = self._answers.get(key)
        if kept is not None:
            if now_us - kept.at_us < self._kept_us:
                return self._again(kept, route, request)
            del self._answers[key]
        reply = run(*args)
        if reply.status < 500:
            self._keep(key, _new(Kept, (route.operation, request.path, request.body, reply, now_us)))
        return reply

    def _again(self, kept: Kept, route: Route, request: Request) -> Reply:
        if kept.operation != route.operation or kept.path != request.path or kept.body != request.body:
            return problem(422, "idempotency-key-reused", "this idempotency key came with another request before")
        self.replayed += 1
        reply = kept.reply
        return Reply(reply.status, reply.body, {**reply.headers, "idempotency-replayed": "true"})

    def _keep(self, key: str, kept: Kept) -> None:
        answers = self._answers
        answers[key] = kept
        if len(answers) <= self._most and kept.at_us - self._oldest_us < self._kept_us:
            return
        # Insertion order is age: at most two leave for each that comes, so the book never grows past its bound.
        for _ in range(2):
            oldest = next(iter(answers))
            self._oldest_us = answers[oldest].at_us
            if len(answers) <= self._most and kept.at_us - self._oldest_us < self._kept_us:
                return
            del answers[oldest]
