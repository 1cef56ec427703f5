"""TLS by files: the certificate that a process shows, its key, and whose certificates it wants to see."""

from __future__ import annotations

import ssl
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class TlsError(ValueError):
    """Files that are no certificate, key or authority; the message names them."""


class TlsBlock(BaseModel):
    """Paths of PEM files. With `ca` the other side has to show a certificate that this authority has signed (mTLS)."""

    model_config = ConfigDict(extra="forbid")

    certificate: Path
    key: Path
    ca: Path | None = None

    def beside(self, folder: Path) -> TlsBlock:
        """The same, with relative paths meant from `folder`."""
        ca = None if self.ca is None else folder / self.ca
        return TlsBlock(certificate=folder / self.certificate, key=folder / self.key, ca=ca)

    def listening(self) -> ssl.SSLContext:
        """For who is called. Raises TlsError."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        _show(context, self.certificate, self.key)
        if self.ca is not None:
            _trust(context, self.ca)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def calling(self) -> ssl.SSLContext:
        """For who calls: trusts `ca`, or without one whom this machine trusts. Raises TlsError."""
        return calling(self.ca, self.certificate, self.key)


def calling(ca: Path | None, certificate: Path | None = None, key: Path | None = None) -> ssl.SSLContext:
    """For who calls: trusts `ca` alone (None: whom this machine trusts), and shows its certificate if it has one.

    Raises TlsError.
    """
    context = ssl.create_default_context() if ca is None else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca is not None:
        _trust(context, ca)
    if certificate is not None:
        _show(context, certificate, key)
    return context


def _trust(context: ssl.SSLContext, ca: Path) -> None:
    try:
        context.load_verify_locations(ca)
    except (OSError, ssl.SSLError) as error:
        raise TlsError(f"no certificates in {ca} ({_reason(error)})") from None


def _show(context: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ssl.SSLError) as error:
        raise TlsError(f"{certificate} and {key} are no certificate and its key ({_reason(error)})") from None


def _no_password() -> str:
    """A key with a password is refused: nobody is there to type it."""
    return ""


def _reason(error: OSError) -> str:
    reason = error.reason if isinstance(error, ssl.SSLError) else error.strerror
    return (reason or str(error)).lower().replace("_", " ")
