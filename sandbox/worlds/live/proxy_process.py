"""What stands before a system that is not ours, as a process: `python -m sandbox.worlds.live.proxy_process FILE`.

It passes each call on, carries out the faults that are armed at its admin API, and derives facts from the system's own
API. Ends with 0 when it was told to stop (SIGTERM, SIGINT), 1 when it broke, 2 for a wrong file, a missing variable or
a port in use.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mock_systems.kit.live.structured_log import StructuredLog, log_to_stderr
from sandbox.errors import SandboxError
from sandbox.worlds.live.proxy.life import ProxyLife
from sandbox.worlds.live.proxy.settings import ProxyFile, read_proxy_file

MODULE: Final = "sandbox.worlds.live.proxy_process"
REFUSED: Final = 2
_EPILOG: Final = """\
The environment holds what is secret: SANDBOX_TOKEN_ADMIN for the admin API, SANDBOX_TOKEN_ERP (and so for each system)
for reading its books, or the variables that the file names instead. The log goes to standard error, one JSON object a
line.

Ends with 0 when it was told to stop, 1 when it broke, 2 for a wrong file, a missing variable or a port in use.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Stand before the system until told to stop; the exit status."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {MODULE}",
        description="A fault-injecting reverse proxy before a system, and the ledger that is derived from its API.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="what stands where, YAML or JSON (docs/live/your-own-system.md)"
    )
    asked = parser.parse_args(arguments)
    try:
        return asyncio.run(_live(read_proxy_file(asked.file)))
    except SandboxError as error:
        print(error, file=sys.stderr)  # noqa: T201  the person who started it reads this
        return REFUSED


async def _live(file: ProxyFile) -> int:
    life = ProxyLife(file, os.environ)
    log_to_stderr(StructuredLog(file.name, life.clock))
    return await life.run()


if __name__ == "__main__":
    sys.exit(main())
