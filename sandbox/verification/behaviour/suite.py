"""All checks of one provider, or of one receiver of webhooks, one after the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from sandbox.verification.behaviour import cursors, keys, retries, under_fault, updates, webhooks_sent, webhooks_taken
from sandbox.verification.behaviour.bench import Bench, Broken, Trial, Untestable
from sandbox.verification.behaviour.checks import CHECKS, Check
from sandbox.verification.behaviour.degraded import DegradedRun, Watched
from sandbox.verification.behaviour.effects import require_good
from sandbox.verification.behaviour.exchange import Answer
from sandbox.verification.behaviour.operations import Operation
from sandbox.verification.behaviour.profile import ListBlock
from sandbox.verification.behaviour.receiver import Receiver
from sandbox.verification.behaviour.result import Result, Verdict
from sandbox.verification.behaviour.sample import Sample, Subject, subject_of
from sandbox.verification.behaviour.webhooks_taken import Target

Made = Callable[[Trial], Awaitable[str]]
WEBHOOKS: Final = "webhooks"
_EVIDENCE_MOST: Final = 16
_OF_OPERATIONS: Final[dict[str, Callable[[Subject, Trial], Awaitable[str]]]] = {
    "key-repeated": keys.key_repeated,
    "key-reused": keys.key_reused,
    "key-concurrent": keys.key_concurrent,
    "key-missing": keys.key_missing,
    "retry-lost-reply": retries.retry_lost_reply,
    "retry-late-commit": retries.retry_late_commit,
    "retry-doubled": retries.retry_doubled,
    "lost-update": updates.lost_update,
    "lost-update-race": updates.lost_update_race,
    "lost-update-unconditional": updates.lost_update_unconditional,
}
_UNDER_FAULT: Final[dict[str, Callable[[Watched], str]]] = {
    "retry-after": under_fault.retry_after,
    "retry-after-honoured": under_fault.retry_after_honoured,
    "fault-problem": under_fault.fault_problem,
    "fault-declared": under_fault.fault_declared,
    "fault-whole": under_fault.fault_whole,
}
_OF_WEBHOOKS: Final[dict[str, Callable[[Bench, Receiver, Trial], Awaitable[str]]]] = {
    "webhook-signed": webhooks_sent.webhook_signed,
    "webhook-redelivered": webhooks_sent.webhook_redelivered,
}
_OF_RECEIVERS: Final[dict[str, Callable[[Target, Trial], Awaitable[str]]]] = {
    "receiver-signed": webhooks_taken.receiver_signed,
    "receiver-replay": webhooks_taken.receiver_replay,
    "receiver-duplicate": webhooks_taken.receiver_duplicate,
    "receiver-reordered": webhooks_taken.receiver_reordered,
}
_ON_READS: Final = ("retry-after", "retry-after-honoured", "fault-problem", "fault-declared")


@dataclass(slots=True)
class Suite:
    """Makes checks; `results` grows as they are made, so that a run that is stopped keeps what it has found.

    `only`: operations to be checked; all for none. `hear` is told what is being checked.
    """

    checks: Sequence[Check] = CHECKS
    only: Collection[str] = ()
    hear: Callable[[str], None] = lambda _: None
    results: list[Result] = field(default_factory=list)

    async def provider(self, bench: Bench, receiver: Receiver) -> None:
        """Check an API."""
        wanted = [one for one in bench.api.operations.values() if not self.only or one.name in self.only]
        await self._webhooks(bench, receiver)
        for operation in wanted:
            await self._operation(subject_of(bench, operation))
        for operation in wanted:
            await self._list(bench, operation)
        await self._under_fault(bench, [subject_of(bench, operation) for operation in wanted])

    async def receiver(self, target: Target) -> None:
        """Check an endpoint for webhooks."""
        for check in self._of(_OF_RECEIVERS):
            made = _OF_RECEIVERS[check.id]
            reason = target.bench.profile.webhooks.skip.get(check.id)
            await self._make(target.bench, check, target.url, reason, partial(made, target))

    async def _webhooks(self, bench: Bench, receiver: Receiver) -> None:
        for check in self._of(_OF_WEBHOOKS):
            made, reason = _OF_WEBHOOKS[check.id], bench.profile.webhooks.skip.get(check.id)
            await self._make(bench, check, WEBHOOKS, reason, partial(made, bench, receiver))

    async def _operation(self, subject: Subject) -> None:
        if not subject.operation.is_write:
            return
        for check in self._of(_OF_OPERATIONS):
            if not _concerns(check, subject):
                continue
            made, name = _OF_OPERATIONS[check.id], subject.operation.name
            reason = subject.block.skip.get(check.id)
            await self._make(subject.bench, check, name, reason, partial(_with_good_sample, made, subject))

    async def _list(self, bench: Bench, operation: Operation) -> None:
        block = bench.profile.lists.get(operation.name)
        if operation.paging is None and block is None:
            return
        block = block or ListBlock()
        for check in self.checks:
            if check.id == "cursor-stable":
                reason = block.skip.get(check.id)
                made = partial(cursors.cursor_stable, bench, operation, block)
                await self._make(bench, check, operation.name, reason, made)

    async def _under_fault(self, bench: Bench, subjects: Sequence[Subject]) -> None:
        checks = list(self._of(_UNDER_FAULT))
        if not checks:
            return
        run = DegradedRun(bench, subjects, lambda condition: self.hear(f"while {condition}"))
        await run.run()
        for watched in run.watched.values():
            operation = watched.subject.operation
            for check in checks:
                if operation.is_write or check.id in _ON_READS:
                    reason = watched.subject.block.skip.get(check.id)
                    await self._make(bench, check, operation.name, reason, _looking(_UNDER_FAULT[check.id], watched))

    def _of(self, table: Collection[str]) -> list[Check]:
        return [check for check in self.checks if check.id in table]

    async def _make(self, bench: Bench, check: Check, name: str, reason: str | None, made: Made) -> None:
        self.hear(f"{check.id} {name}")
        trial = Trial(bench)
        try:
            if reason is not None:
                raise Untestable(reason)
            told = Result(check.id, name, Verdict.PASS, await made(trial))
        except Untestable as error:
            told = Result(check.id, name, Verdict.NOT_TESTED, bench.redaction.text(str(error)))
        except Broken as error:
            answers = error.answers if isinstance(error, under_fault.Wrong) else trial.answers
            told = Result(check.id, name, Verdict.FAIL, bench.redaction.text(str(error)), _evidence(bench, answers))
        self.results.append(told)


async def _with_good_sample(made: Callable[[Subject, Trial], Awaitable[str]], subject: Subject, trial: Trial) -> str:
    """Make the check; where it fails, only if the sample is good by itself: else it says nothing."""
    try:
        return await made(subject, trial)
    except Broken:
        aside = Trial(subject.bench)
        sample = await Sample.make(subject, aside)
        if subject.operation.condition is None and subject.block.version is None:
            require_good(await sample.send(key=subject.bench.key()))
        raise


def _concerns(check: Check, subject: Subject) -> bool:
    """Whether a check is about such an operation: keys are for POST and PATCH, versions for PUT and PATCH."""
    operation = subject.operation
    if check.id.startswith("key-"):
        return operation.key is not None or operation.method in ("POST", "PATCH")
    if check.id.startswith("lost-update"):
        versioned = operation.condition is not None or subject.block.version is not None
        return versioned or operation.method in ("PUT", "PATCH")
    return True


def _looking(made: Callable[[Watched], str], watched: Watched) -> Made:
    async def look(_: Trial) -> str:
        return made(watched)

    return look


def _evidence(bench: Bench, answers: Sequence[Answer]) -> tuple[dict[str, object], ...]:
    """The latest calls, oldest first."""
    redaction = bench.redaction
    return tuple(redaction.shown(answer) for answer in answers[-_EVIDENCE_MOST:])
