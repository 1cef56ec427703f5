"""Work done in a copy of this process, which is gone afterwards with all that it changed."""

from __future__ import annotations

import os
import pickle
import select
import signal
import time
from collections.abc import Callable
from typing import Any, Final, NoReturn

_CHUNK: Final = 1 << 20


class ForkLost(Exception):
    """The copy has sent nothing: it took too long, or died."""


def forked(work: Callable[[], Any], longest_s: float) -> Any:
    """What `work()` returns in a copy of this process. Raises ForkLost, also when it raises there."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _live(work, writing)
    os.close(writing)
    sent, in_time = b"", False
    try:
        sent, in_time = _received(reading, longest_s)
    finally:
        os.close(reading)
        if not in_time:
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if not sent:
        raise ForkLost("its process died" if in_time else "it did not end in time")
    return pickle.loads(sent)


def _live(work: Callable[[], Any], writing: int) -> NoReturn:
    """In the copy: work, send, and be gone without any clean-up. Ctrl-C is for the one who waits."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sent = memoryview(pickle.dumps(work(), pickle.HIGHEST_PROTOCOL))
        while sent:
            sent = sent[os.write(writing, sent) :]
        status = 0
    finally:
        os._exit(status)


def _received(reading: int, longest_s: float) -> tuple[bytes, bool]:
    """All that the copy sends, and whether it closed its end in time; where it did not, nothing."""
    parts: list[bytes] = []
    until = time.perf_counter() + longest_s
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, until - time.perf_counter()))
        if not ready:
            return b"", False
        part = os.read(reading, _CHUNK)
        if not part:
            return b"".join(parts), True
        parts.append(part)
