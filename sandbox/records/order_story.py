"""One order's life across all systems, in the order in which it happened, faults and retries included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.errors import InputError, did_you_mean
from sandbox.records.narration import tell
from sandbox.records.record import Record, RecordedFact, RecordedNote
from sandbox.records.summary import FaultResult

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """One step: `system` keeps the book that tells it, under `seq` there; or it is the source of what was noticed."""

    at_us: int
    system: str
    kind: str
    text: str
    is_fact: bool
    seq: int | None = None

    @property
    def at(self) -> str:
        """The time as a person reads it, in UTC."""
        return told_time(self.at_us)


def told_time(at_us: int) -> str:
    """`2011-11-14 10:03:12.345`, in UTC."""
    return f"{_EPOCH + timedelta(microseconds=at_us):%Y-%m-%d %H:%M:%S.%f}"[:-3]


def story_of(record: Record, order: str) -> list[Moment]:
    """What happened to the order. Raises InputError when no book knows it."""
    facts, notes = record.about(order)
    if not any(fact.order == order for fact in facts):
        known = [fact.order for fact in record.facts() if fact.kind == "order.accepted" and fact.order]
        told = f"{len(known)} orders, {known[0]} to {known[-1]}" if known else "no orders"
        near = did_you_mean(order, known)
        raise InputError(
            f"no book of this run knows the order {order!r}",
            file=str(record.folder),
            remedy=near if near.startswith("did") else f"it has {told}",
        )
    first_us, last_us = facts[0].at_us, facts[-1].at_us
    seqs = {note.seq for note in notes}
    crashes = [
        n for n in record.notes() if n.source == "world" and n.seq not in seqs and first_us <= n.at_us <= last_us
    ]
    told_entries: list[RecordedFact | RecordedNote] = sorted([*facts, *notes, *crashes], key=lambda entry: entry.seq)
    moments = [_moment(entry) for entry in told_entries]
    moments += [m for fault in record.summary.faults for m in _of_fault(fault, first_us, last_us)]
    return sorted(moments, key=lambda moment: moment.at_us)


def as_json(order: str, moments: list[Moment]) -> dict[str, Any]:
    """The story as JSON values."""
    return {"order": order, "moments": [{**asdict(moment), "at": moment.at} for moment in moments]}


def _moment(entry: RecordedFact | RecordedNote) -> Moment:
    if isinstance(entry, RecordedFact):
        return Moment(entry.at_us, entry.system, entry.kind, tell(entry), True, entry.system_seq)
    return Moment(entry.at_us, entry.source, entry.kind, tell(entry), False)


def _of_fault(fault: FaultResult, first_us: int, last_us: int) -> Iterator[Moment]:
    """An outage strikes everybody: it is told in each story that it falls into."""
    if fault.kind == "outage" and fault.from_us <= last_us and fault.until_us >= first_us:
        yield Moment(fault.from_us, "faults", "fault.began", f"fault {fault.id} begins: {fault.text}", False)
        yield Moment(fault.until_us, "faults", "fault.ended", f"fault {fault.id} is over", False)
