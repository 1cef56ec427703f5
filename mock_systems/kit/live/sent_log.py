"""The webhooks of a live system as they went out, in a file: one JSON object a line, with the attempt's headers."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

_LINE = '{"at_us":%d,"source":%s,"headers":%s,"body":%s}\n'


class SentLog:
    """Appends to `path`, each line by one write: what a kill leaves is whole. Raises OSError where it can't be made."""

    def __init__(self, path: Path, system: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._system = json.dumps(system)

    def keep(self, at_us: int, headers: Mapping[str, str], raw: bytes) -> None:
        """An attempt goes out with these bytes, which are JSON, when the system's clock shows `at_us`."""
        line = _LINE % (at_us, self._system, json.dumps(dict(headers)), raw.decode())
        os.write(self._file, line.encode())

    def close(self) -> None:
        """Write no more."""
        os.close(self._file)
