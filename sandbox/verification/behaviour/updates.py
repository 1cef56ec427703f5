"""Checks of lost updates: of two writers that have read the same version, the second must not overwrite the first."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from sandbox.verification.behaviour.bench import Broken, Trial, Untestable
from sandbox.verification.behaviour.exchange import Answer
from sandbox.verification.behaviour.sample import Sample, Subject
from sandbox.verification.behaviour.values import MISSING, at, replaced, without

_REFUSED: Final = (409, 412, 428)
_INCOMPLETE: Final = (400, 412, 422, 428)
_ROUNDS: Final = 3


async def lost_update(subject: Subject, trial: Trial) -> str:
    """One after the other, the second with the version that both have read."""
    writers = await _Writers.begin(subject, trial)
    first = await writers.write(writers.one)
    if writers.refused(first):
        raise Untestable(f"the first writer is refused: {first.why}")
    kept = await writers.look()
    if writers.shown(kept) == writers.shown(writers.read):
        raise Untestable("the first write changes nothing: let the sample say something new")
    second = await writers.write(writers.two)
    if not writers.refused(second):
        raise Broken(f"the second writer, whose version is old, is answered with {second.told}")
    if writers.shown(await writers.look()) != writers.shown(kept):
        raise Broken(f"the second writer is answered with {second.told}, and has overwritten the first all the same")
    return f"the second writer is answered with {second.told}"


async def lost_update_race(subject: Subject, trial: Trial) -> str:
    """Both at once: one is taken. A few rounds, for it is a race."""
    for _ in range(_ROUNDS):
        writers = await _Writers.begin(subject, trial)
        answers = await asyncio.gather(*(writers.write(body) for body in (writers.one, writers.two)))
        taken = [answer for answer in answers if not writers.refused(answer)]
        if len(taken) == len(answers):
            raise Broken("two writers with one version at once are both taken")
        if not taken:
            raise Broken(f"two writers with one version at once are both refused: {answers[0].told}, {answers[1].told}")
    return f"one of two is taken, {_ROUNDS} times"


async def lost_update_unconditional(subject: Subject, trial: Trial) -> str:
    """Without the condition that the document requires."""
    condition = subject.operation.condition
    if condition is None or not condition.required:
        raise Untestable("the document requires no If-Match")
    writers = await _Writers.begin(subject, trial)
    answer = await writers.sample.send(writers.one)
    if answer.status not in _INCOMPLETE:
        raise Broken(f"a write without the required If-Match is answered with {answer.told}")
    if writers.shown(await writers.look()) != writers.shown(writers.read):
        raise Broken(f"a write without If-Match is answered with {answer.told}, and was done all the same")
    return f"refused with {answer.status}"


class _Writers:
    """Two bodies of writers that have read the same, and how each is sent with that version."""

    def __init__(self, sample: Sample, read: Answer) -> None:
        self.sample, self.read = sample, read
        self.one, self.two = self._versioned(sample.body()), self._versioned(sample.body(other=True))

    @classmethod
    async def begin(cls, subject: Subject, trial: Trial) -> _Writers:
        if subject.operation.condition is None and subject.block.version is None:
            raise Untestable("the document declares no If-Match, and the profile names no `version`")
        sample = await Sample.make(subject, trial)
        read = await sample.read()
        if read is None or not read.ok:
            told = "" if read is None else f" ({read.told})"
            raise Untestable(f"nobody knows how to read what is written{told}: give `read` in the profile")
        if subject.block.version is None and "etag" not in read.headers:
            raise Broken("the document declares If-Match, and a read gives no ETag to send in it")
        return cls(sample, read)

    async def write(self, body: Any) -> Answer:
        """Write this with the version that was read."""
        if self.sample.subject.block.version is not None:
            return await self.sample.send(body, key=self.sample.subject.bench.key())
        etag = self.read.headers["etag"]
        return await self.sample.send(body, key=self.sample.subject.bench.key(), if_match=etag)

    async def look(self) -> Answer:
        """How it is now. Raises Untestable where it can't be read any more."""
        found = await self.sample.read()
        if found is None or not found.ok:
            raise Untestable(f"it cannot be read again: {'' if found is None else found.told}")
        return found

    def refused(self, answer: Answer) -> bool:
        """Whether the write was not done, as the answer says. Raises Broken for one that says something else."""
        version = self.sample.subject.block.version
        if answer.ok:
            told = version.refused if version is not None else {}
            return bool(told) and all(at(answer.body, pointer) == value for pointer, value in told.items())
        if answer.status not in _REFUSED:
            raise Broken(f"a writer with a version that was read is answered with {answer.told}")
        return True

    def shown(self, answer: Answer) -> Any:
        """What a read says, but for what changes by itself."""
        changing = self.sample.subject.block.changing
        return answer.raw if answer.body is MISSING else without(answer.body, changing)

    def _versioned(self, body: Any) -> Any:
        version = self.sample.subject.block.version
        if version is None:
            return body
        known = at(self.read.body, version.read)
        if known is MISSING:
            raise Untestable(f"what was read has no version at {version.read!r}")
        if version.add:
            if not isinstance(known, int):
                raise Untestable(f"the version {known!r} is no number that {version.add} could be added to")
            known += version.add
        return replaced(body, version.send, known)
