"""The books of live systems, read from outside: the admin API's client, and the facts of all systems in their order."""

from __future__ import annotations

from sandbox.worlds.live.ledgers.admin_client import AdminAway, AdminClient, AdminError, admin_http
from sandbox.worlds.live.ledgers.notices import CoreLog, WorldNotes
from sandbox.worlds.live.ledgers.source import AdminSource, BooksRenewed, Reading, Source
from sandbox.worlds.live.ledgers.tail import CallListener, LedgerTail

__all__ = [
    "AdminAway",
    "AdminClient",
    "AdminError",
    "AdminSource",
    "BooksRenewed",
    "CallListener",
    "CoreLog",
    "LedgerTail",
    "Reading",
    "Source",
    "WorldNotes",
    "admin_http",
]
