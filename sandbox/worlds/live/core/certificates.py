"""The core's TLS: what it shows and whom it trusts, as a server, towards each system, and among its workers."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mock_systems.kit.live.tls import TlsBlock, TlsError, calling
from sandbox.errors import InputError


class CallsSystem(Protocol):
    """How a system is called, as far as TLS goes: paths of PEM files."""

    @property
    def ca(self) -> str | None:
        """Whom to trust."""

    @property
    def certificate(self) -> str | None:
        """What to show."""

    @property
    def key(self) -> str | None:
        """Its key."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """`server` is None where the core speaks plain HTTP; a system that is not in `systems` is called by the defaults.

    `workers` are for who is called and for who calls; None: they speak plainly.
    """

    server: ssl.SSLContext | None = None
    systems: Mapping[str, ssl.SSLContext] | None = None
    workers: tuple[ssl.SSLContext, ssl.SSLContext] | None = None

    def of(self, system: str) -> ssl.SSLContext | None:
        """For calls to a system."""
        return None if self.systems is None else self.systems.get(system)


def load_certificates(own: TlsBlock | None, systems: Mapping[str, CallsSystem], folder: Path) -> Certificates:
    """Read the files; relative paths are meant from `folder`. Raises InputError."""
    server, workers = _own(own, folder)
    return Certificates(server, _towards(systems, folder), workers)


def _own(
    own: TlsBlock | None, folder: Path
) -> tuple[ssl.SSLContext | None, tuple[ssl.SSLContext, ssl.SSLContext] | None]:
    if own is None:
        return None, None
    files = own.beside(folder)
    try:
        server = files.listening()
        if files.ca is None:
            return server, None
        caller = files.calling()
    except TlsError as error:
        raise InputError(str(error), field="tls", remedy="give PEM files, the key without a password") from None
    caller.check_hostname = False  # workers find each other by address; the authority vouches for them
    return server, (server, caller)


def _towards(systems: Mapping[str, CallsSystem], folder: Path) -> dict[str, ssl.SSLContext]:
    contexts: dict[str, ssl.SSLContext] = {}
    for name, system in systems.items():
        ca, certificate, key = (
            None if path is None else folder / path for path in (system.ca, system.certificate, system.key)
        )
        if ca is None and certificate is None:
            continue
        try:
            contexts[name] = calling(ca, certificate, key)
        except TlsError as error:
            raise InputError(str(error), field=f"systems.{name}", remedy="give PEM files") from None
    return contexts
