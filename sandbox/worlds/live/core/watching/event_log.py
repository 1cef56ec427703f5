"""The events that a core publishes, in a file: one JSON object a line."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.core.ports import Clock
from sandbox.errors import InputError


class EventLog:
    """Appends to `path`, each line by one write: several workers may share it, and what a kill leaves is whole.

    Raises InputError where it can't be made.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise InputError(f"cannot be written ({error.strerror})", file=str(path), field="event_log") from None
        self._clock = clock

    def keep(self, event: Mapping[str, Any]) -> None:
        """An event is about to be published; it may be so again, when nobody knows whether it was."""
        told = {"at_us": self._clock.now_us(), "source": "core", "body": event}
        os.write(self._file, json.dumps(told, separators=(",", ":")).encode() + b"\n")
