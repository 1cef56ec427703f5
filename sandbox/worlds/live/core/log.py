"""What a core process tells: one JSON object a line, with the trace that it belongs to, and no secrets."""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from sandbox.core.ports import Clock

_HIDDEN: Final = "[hidden]"
_SECRET_LEAST: Final = 6
_TRACE: ContextVar[str | None] = ContextVar("trace", default=None)
# What these are about went wrong outside, or here; the rest is how work goes.
_WARNINGS: Final = ("call.", "delivery.", "store.missed", "lease.lost", "breaker.opened", "webhook.refused", "bus.")


@contextmanager
def traced(traceparent: str | None) -> Iterator[None]:
    """Work in this block, and tasks begun in it, belong to the trace of a W3C `traceparent`."""
    token = _TRACE.set(trace_of(traceparent))
    try:
        yield
    finally:
        _TRACE.reset(token)


def trace_of(traceparent: str | None) -> str | None:
    """The trace id in a W3C `traceparent`: the correlation id, from the channel to the invoice."""
    return traceparent[3:35] if traceparent and len(traceparent) >= 55 else None


class JsonLog:
    """The Observer port, and the log of the process.

    Each of `secrets`, if it has six characters or more, is hidden wherever it turns up.
    A line has `at` (UTC of the world), `wall` (that of the machine), `level`, `process`, `kind` (`noun.verb-past`),
    `entity`, and where they are known `trace` and `order`; the rest is detail.
    """

    def __init__(self, out: TextIO, clock: Clock, process: str, secrets: Iterable[str] = ()) -> None:
        self._out = out
        self._clock = clock
        self._process = process
        self._secrets = tuple(secret for secret in secrets if len(secret) >= _SECRET_LEAST)

    def note(self, kind: str, entity: str, /, **detail: Any) -> None:
        """One thing noticed."""
        self.write("warning" if kind.startswith(_WARNINGS) else "info", kind, entity, detail)

    def failed(self, kind: str, entity: str, error: BaseException) -> None:
        """Something broke that should not have."""
        detail = {"error": repr(error), "traceback": "".join(traceback.format_exception(error))}
        self.write("error", kind, entity, detail)

    def write(self, level: str, kind: str, entity: str, detail: dict[str, Any]) -> None:
        """One line."""
        line: dict[str, Any] = {
            "at": _written(self._clock.now_us() / 1_000_000),
            "wall": _written(time.time()),
            "level": level,
            "kind": kind,
            "entity": entity,
            "process": self._process,
        }
        trace = _TRACE.get()
        if trace is not None:
            line["trace"] = trace
        line.update((key, value) for key, value in detail.items() if value is not None and key not in ("at", "level"))
        self._out.write(self.hidden(json.dumps(line, default=str, ensure_ascii=False)) + "\n")
        self._out.flush()

    def hidden(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text


def _written(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")


class LogRecords(logging.Handler):
    """Brings what libraries log with `logging` into the same lines."""

    def __init__(self, log: JsonLog) -> None:
        super().__init__(logging.INFO)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """One record."""
        detail: dict[str, Any] = {"message": record.getMessage()}
        if record.exc_info and record.exc_info[1] is not None:
            detail["traceback"] = "".join(traceback.format_exception(record.exc_info[1]))
        self._log.write(record.levelname.lower(), "log.written", record.name, detail)
