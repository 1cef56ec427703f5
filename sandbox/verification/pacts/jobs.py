"""Jobs for pact's verifier, done one after another in a process that can be ended."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

_MODULE: Final = "sandbox.verification.pacts.verifier_process"
_ENDS_WITHIN_S: Final = 5.0


class VerifierStopped(Exception):
    """The verifier's process gave no result: it took too long, or is gone; the message says which."""


class VerifierJobs:
    """A process that does one job at a time. It is started when there is one, and again after one that was cut off."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def do(self, job: dict[str, Any], within_s: float) -> dict[str, Any]:
        """What a job comes to: `results` as pact has them, or `error`. Raises VerifierStopped."""
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            with selectors.DefaultSelector() as selector:
                selector.register(process.stdout, selectors.EVENT_READ)
                if not selector.select(within_s):
                    raise VerifierStopped(f"no result within {within_s:g} s")
            line = process.stdout.readline()
        except (VerifierStopped, BrokenPipeError, KeyboardInterrupt) as stopped:
            self._end()
            if isinstance(stopped, BrokenPipeError):
                raise VerifierStopped("the verifier ended before it was asked") from None
            raise
        if not line:
            self._end()
            raise VerifierStopped("the verifier ended without a result")
        found: dict[str, Any] = json.loads(line)
        return found

    def _start(self) -> subprocess.Popen[str]:
        # A session of its own: Ctrl-C is for us, and what was found is kept.
        self._process = subprocess.Popen(
            [sys.executable, "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PACT_DO_NOT_TRACK": "true"},
            start_new_session=True,
        )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):  # a job that it never took
                    stream.close()
        process.wait(_ENDS_WITHIN_S)
