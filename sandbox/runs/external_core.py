"""A core that is somebody else's: started by them, told where the systems are, judged by the books alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sandbox.errors import InputError, SandboxError
from sandbox.runs.live_landscape import LiveLandscape

EXTERNAL: Final = "external"
REFERENCE: Final = "reference"
_LOOKS_EVERY_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class ExternalCore:
    """Where its webhooks go, `/webhooks/SYSTEM` below it; `say` tells its owner what is up, once it is.

    The run begins when somebody listens there, and is given up when nobody does within `within_s`.
    """

    webhooks_to: str
    say: Callable[[LiveLandscape], None]
    within_s: float = 900.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.webhooks_to)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            remedy = "write one like http://127.0.0.1:3000"
            raise InputError(f"{self.webhooks_to!r} is no URL", field="--webhooks-to", remedy=remedy)

    async def there(self, landscape: LiveLandscape) -> None:
        """Tell what is up, and wait until the core listens. Raises SandboxError."""
        self.say(landscape)
        parts = urlsplit(self.webhooks_to)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        gives_up_s = time.monotonic() + self.within_s
        while not await _listens(parts.hostname or "", port):
            if time.monotonic() > gives_up_s:
                remedy = "start your core, or say where it is with --webhooks-to"
                raise SandboxError(f"nobody listens at {self.webhooks_to}: {remedy}")
            await asyncio.sleep(_LOOKS_EVERY_S)


async def _listens(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
