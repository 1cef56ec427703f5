"""What an event loop can do elsewhere and not in virtual time: each such method says so, with the remedy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, NoReturn

from sandbox.worlds.virtual.errors import OutsideWorld

_NETWORK: Final = "call systems through the Http port, which the world's network serves"
_THREADS: Final = "do the work inline: it takes no virtual time; or await asyncio.sleep for the time it should take"
_FILES: Final = "read files before the run, and keep state through the Store port"
_SIGNALS: Final = "let the world crash or stop the core"

_REMEDIES: Final = {
    _NETWORK: """create_connection create_server create_datagram_endpoint create_unix_connection create_unix_server
        connect_accepted_socket start_tls sock_recv sock_recv_into sock_recvfrom sock_recvfrom_into sock_sendall
        sock_sendto sock_connect sock_accept sock_sendfile sendfile getaddrinfo getnameinfo add_reader remove_reader
        add_writer remove_writer""",
    _THREADS: "run_in_executor set_default_executor call_soon_threadsafe",
    _FILES: "connect_read_pipe connect_write_pipe subprocess_exec subprocess_shell",
    _SIGNALS: "add_signal_handler remove_signal_handler run_forever stop",
}


def _refusing(name: str, remedy: str) -> Callable[..., NoReturn]:
    def refuse(self: object, *args: Any, **kwargs: Any) -> NoReturn:
        raise OutsideWorld(f"loop.{name} does not exist in virtual time: {remedy}")

    refuse.__name__ = name
    return refuse


class ClosedLoop(asyncio.AbstractEventLoop):
    """An event loop without an outside: subclasses add what works."""


for _remedy, _names in _REMEDIES.items():
    for _name in _names.split():
        setattr(ClosedLoop, _name, _refusing(_name, _remedy))
