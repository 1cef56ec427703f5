"""What a change of contract did to a run: orders, exceptions, invariants, calls, books, and whether it healed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.oracle.book_comparison import Comparison
from sandbox.records.summary import ExceptionResult
from sandbox.verification.rehearsal.blast import Blast, blast_of
from sandbox.verification.rehearsal.running import RunSeen
from sandbox.verification.rehearsal.window import InForce


@dataclass(frozen=True, slots=True)
class Cause:
    """Exceptions of one cause that the run without the change did not have; `open` are those still open at its end."""

    cause: str
    count: int
    open: int
    example: str


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant with more violations than without the change."""

    id: str
    name: str
    violations: int
    example: str


@dataclass(frozen=True, slots=True)
class Struck:
    """What was done to calls of an operation, or to webhooks of a topic: refused, rewritten, altered or lost."""

    operation: str
    done: str
    count: int


@dataclass(frozen=True, slots=True)
class Impact:
    """One run with one or several changes, compared with the run without. Times in microseconds since 1970.

    `met` are the changes whose operations were called while they held. `healed` is None where nothing broke, or nothing
    was rolled back; `replayed` counts what people had tried again, `left` says what is left to be done by hand.
    """

    changes: tuple[str, ...]
    met: tuple[str, ...]
    at_us: int
    until_us: int
    rolled_back: bool
    blast: Blast
    exceptions: tuple[Cause, ...]
    first_exception_us: int | None
    invariants: tuple[Broken, ...]
    calls: tuple[Struck, ...]
    books: tuple[str, ...]
    replayed: int
    fingerprint: str

    @property
    def breaks(self) -> bool:
        """Whether anything is worse than without the change."""
        hit = any(step.breaks for step in self.blast.steps)
        return bool(hit or self.exceptions or self.invariants or self.blast.extra_cancelled)

    @property
    def flows(self) -> tuple[str, ...]:
        """The flows that break."""
        return tuple(dict.fromkeys(one.step.flow for one in self.blast.steps if one.breaks))

    @property
    def healed(self) -> bool | None:
        """Whether all came as far after roll-back as without the change."""
        if not self.breaks or not self.rolled_back:
            return None
        return not self.left and not any(one.lost for one in self.blast.steps)

    @property
    def left(self) -> tuple[str, ...]:
        """What people have to do by hand."""
        found = [f"{one.open} open exceptions: {one.cause}" for one in self.exceptions if one.open]
        found += [f"{count} orders cancelled: {why}" for why, count in self.blast.extra_cancelled.items()]
        if self.blast.lost.count:
            found.append(f"{self.blast.lost.count} orders that never came as far as without the change")
        found += [f"books that do not agree: {name}" for name in self.books]
        return tuple(found)

    @property
    def minutes_to_exception(self) -> float | None:
        """From the change to the first exception; None where there is none."""
        return None if self.first_exception_us is None else (self.first_exception_us - self.at_us) / 60_000_000

    @property
    def weight(self) -> tuple[int, int, int, int]:
        """How bad it is: orders lost, stuck and late, and money stuck or lost whatever the currency."""
        blast = self.blast
        money = sum(blast.stuck.value_minor.values()) + sum(blast.lost.value_minor.values())
        return blast.lost.count, blast.stuck.count, blast.late.count, money


def impact_of(base: RunSeen, run: RunSeen, time: InForce) -> Impact:
    """Compare the runs. With a change that stays, the end of the run stands for the roll-back."""
    at_us = run.start_us + time.from_us
    until_us = run.end_us if time.stays else run.start_us + time.until_us
    causes, first_us = _exceptions(base.exceptions, run.exceptions, at_us)
    return Impact(
        changes=tuple(name.removeprefix("contract-") for name in run.changes),
        met=tuple(name.removeprefix("contract-") for name, one in run.changes.items() if one.met),
        at_us=at_us,
        until_us=until_us,
        rolled_back=not time.stays,
        blast=blast_of(base.progress, run.progress, at_us, until_us),
        exceptions=causes,
        first_exception_us=first_us,
        invariants=_invariants(base, run),
        calls=_calls(run),
        books=_books(base.books, run.books),
        replayed=run.replayed,
        fingerprint=run.fingerprint,
    )


def _exceptions(
    before: Iterable[ExceptionResult], after: Iterable[ExceptionResult], at_us: int
) -> tuple[tuple[Cause, ...], int | None]:
    known = {(one.cause, one.subject) for one in before}
    fresh = [one for one in after if one.opened_us >= at_us and (one.cause, one.subject) not in known]
    counts = Counter(one.cause for one in fresh)
    still = Counter(one.cause for one in fresh if one.closed_us is None)
    examples = {one.cause: one.message for one in reversed(fresh)}
    causes = tuple(Cause(cause, count, still[cause], examples[cause]) for cause, count in counts.most_common())
    return causes, min((one.opened_us for one in fresh), default=None)


def _invariants(base: RunSeen, run: RunSeen) -> tuple[Broken, ...]:
    before = {one.id: len(one.violations) for one in base.verdicts}
    return tuple(
        Broken(one.id, one.name, len(one.violations) - before[one.id], one.violations[0].message)
        for one in run.verdicts
        if len(one.violations) > before[one.id]
    )


def _calls(run: RunSeen) -> tuple[Struck, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    for change in run.changes.values():
        counts.update(change.done)
    return tuple(Struck(operation, done, count) for (operation, done), count in counts.most_common())


def _books(before: Iterable[Comparison], after: Iterable[Comparison]) -> tuple[str, ...]:
    known = {one.name: one.unexplained for one in before}
    return tuple(one.name for one in after if one.unexplained > known.get(one.name, 0))
