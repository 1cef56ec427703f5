"""Ports for a landscape that nobody has to know of beforehand."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sandbox.errors import InputError

FIRST_BASE: Final = 8100
_STEP: Final = 20
_BASES: Final = 500
# The core, five systems, two servers, a standby; the admin APIs.
_PLACES: Final = (*range(9), *range(11, 16))
# Nobody listens there: who has it bound has the ports of this base for a run of its own.
_CLAIM: Final = 9


@contextmanager
def free_base() -> Iterator[int]:
    """A base above which all ports of a landscape are free, for the length of a block.

    Others that look for one meanwhile get another, though nothing listens yet. Raises InputError.
    """
    for base in range(FIRST_BASE, FIRST_BASE + _STEP * _BASES, _STEP):
        claim = _bound(base + _CLAIM)
        if claim is None:
            continue
        with claim:
            if _is_free(base):
                yield base
                return
    last = FIRST_BASE + _STEP * _BASES
    raise InputError(f"no free ports from {FIRST_BASE} to {last}", field="--port-base", remedy="give a base above them")


def _is_free(base: int) -> bool:
    for place in _PLACES:
        probe = _bound(base + place)
        if probe is None:
            return False
        probe.close()
    return True


def _bound(port: int) -> socket.socket | None:
    """A socket that has the port, and does not listen; None where somebody else has it."""
    probe = socket.socket()
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        probe.close()
        return None
    return probe
