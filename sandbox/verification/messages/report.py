"""Recorded messages checked one after the other, and what that came to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sandbox.verification.messages.catalogue import Catalogue
from sandbox.verification.messages.checking import check_message, title_of
from sandbox.verification.messages.envelope import NotAMessage, read_message
from sandbox.verification.messages.excuses import excuses
from sandbox.verification.messages.recording import read_recording, recording_of
from sandbox.verification.outcome import Check, Finding
from sandbox.verification.recording_report import RecordingReport


class MessageFinding(Finding):
    """Something that is wrong with a recorded message: in which line, with which event, where in it, and why."""

    file: str
    line: int
    event: str
    version: str | None
    id: str
    pointer: str
    reason: str


def message_report() -> RecordingReport[MessageFinding]:
    """A report with nothing in it yet."""
    return RecordingReport(Check.EVENTS)


def check_file(
    path: Path, catalogue: Catalogue, report: RecordingReport[MessageFinding], source: str | None = None
) -> Iterator[int]:
    """Check what a file, or the folder of a run, has recorded; yields how many messages were read, now and then.

    `source` is who sent what does not say so. What the plan of a run spoils on purpose is excused. Raises InputError
    for a file that cannot be read.
    """
    path, plan = recording_of(path)
    read = 0
    for recorded in read_recording(path):
        read += 1
        for found in _check(recorded.value, recorded.line, path, catalogue, report, source):
            faults = excuses(found.event, found.pointer, plan)
            if faults:
                report.excused[f"{found.event}, spoilt by {', '.join(faults)}"] += 1
            else:
                report.findings.append(found)
        if not read % 1000:
            yield read
    yield read


def _check(
    value: object,
    line: int,
    path: Path,
    catalogue: Catalogue,
    report: RecordingReport[MessageFinding],
    source: str | None,
) -> list[MessageFinding]:
    try:
        message = read_message(value, source)
    except NotAMessage as error:
        report.tested += 1
        return [_finding(path, line, "", None, "", "", str(error))]
    checked = check_message(message, catalogue)
    if checked.not_tested is not None:
        report.not_tested[checked.not_tested] += 1
        return []
    report.tested += 1
    name = title_of(checked.source, message.type, None)
    report.tested_by[title_of(checked.source, message.type, checked.version)] += 1
    return [
        _finding(path, line, name, checked.version, message.id, reason.pointer, reason.text)
        for reason in checked.reasons
    ]


def _finding(
    path: Path, line: int, event: str, version: str | None, id_: str, pointer: str, reason: str
) -> MessageFinding:
    told = f"{title_of(None, event, version)}: " if event else ""
    return MessageFinding(
        message=f"{path}:{line}: {told}{pointer or '/'}: {reason}",
        file=str(path),
        line=line,
        event=event,
        version=version,
        id=id_,
        pointer=pointer,
        reason=reason,
    )
