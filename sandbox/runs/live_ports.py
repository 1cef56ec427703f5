"""Ports for a landscape that nobody has to know of beforehand."""

from __future__ import annotations

import socket
from typing import Final

from sandbox.errors import InputError

FIRST_BASE: Final = 8100
_STEP: Final = 20
_BASES: Final = 500
# The core, five systems, two servers, a standby; the admin APIs.
_PLACES: Final = (*range(9), *range(11, 16))


def free_base(first: int = FIRST_BASE) -> int:
    """The first base from there on above which all ports of a landscape are free just now. Raises InputError."""
    for base in range(first, first + _STEP * _BASES, _STEP):
        if _is_free(base):
            return base
    last = first + _STEP * _BASES
    raise InputError(f"no free ports from {first} to {last}", field="--port-base", remedy="give a base above them")


def _is_free(base: int) -> bool:
    for place in _PLACES:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", base + place))
            except OSError:
                return False
    return True
