"""A port for a server that cannot be given a socket."""

from __future__ import annotations

import socket


def free_port() -> int:
    """A port of loopback that nobody has just now. Somebody else may take it before it is used."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
