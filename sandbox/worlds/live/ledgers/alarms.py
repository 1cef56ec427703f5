"""Alarms of a live system's door and webhooks, as the notes that a run keeps of them in either world."""

from __future__ import annotations

from typing import Final

from mock_systems.kit.live.alarm_book import Alarm
from sandbox.worlds.virtual.notes import Note

_FAULT: Final = "fault."
_MISHAPS: Final = frozenset(
    ("rate-limited", "concurrency-limit", "forbidden", "unauthenticated", "failed", "given-up", "unsubscribed")
)


def note_of(system: str, alarm: Alarm) -> Note | None:
    """An alarm of a system's door or webhooks as a note, the same as in virtual time; None where it tells nothing."""
    subject = f"{system} {alarm.subject}"
    if alarm.outcome.startswith(_FAULT):
        what, _, name = alarm.outcome.removeprefix(_FAULT).partition(":")
        return Note(alarm.at_us, "faults", f"{alarm.what}.struck", subject, alarm.order, {"fault": name, "what": what})
    if alarm.outcome in _MISHAPS:
        kind = f"{alarm.what}.{alarm.outcome}"
        return Note(alarm.at_us, "network", kind, subject, alarm.order, {"system": system})
    return None
