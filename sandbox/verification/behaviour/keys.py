"""Checks of idempotency keys: the same one again, with another body, at once, and left out."""

from __future__ import annotations

import asyncio
from typing import Final

from sandbox.verification.behaviour.bench import Broken, Trial, Untestable
from sandbox.verification.behaviour.effects import UNCOUNTED, Count, require_good, same
from sandbox.verification.behaviour.exchange import Answer
from sandbox.verification.behaviour.operations import PROBLEM_JSON
from sandbox.verification.behaviour.sample import Sample, Subject

_REFUSED: Final = (400, 409, 422)
_UNDER_WAY: Final = 409
_ROUNDS: Final = 3
_INCOMPLETE: Final = (400, 422, 428)


async def key_repeated(subject: Subject, trial: Trial) -> str:
    """The same key and body twice. Raises Broken and Untestable, as all checks do."""
    sample, key = await _sample(subject, trial)
    count = await Count.begin(sample)
    first = await sample.send(key=key)
    require_good(first)
    second = await sample.send(key=key)
    if not same(first, second, subject.block.changing):
        raise Broken(f"the same key with the same body got another answer: {first.told}, then {second.told}")
    return await count.expect(1, (first, second), "after the same key twice")


async def key_reused(subject: Subject, trial: Trial) -> str:
    """The same key with another body; that one is good by itself, which is shown with a key of its own."""
    sample, key = await _sample(subject, trial)
    other = sample.body(other=True)
    count = await Count.begin(sample)
    first = await sample.send(key=key)
    require_good(first)
    second = await sample.send(other, key=key)
    if second.ok:
        raise Broken(f"the same key with another body is answered with {second.told}, as if it were the first")
    if second.status not in _REFUSED:
        raise Broken(f"the same key with another body is answered with {second.told}, not with 409 or 422")
    _require_problem(subject, second)
    if await sample.rows() is not None:
        await count.expect(1, (first,), "after the key was used for another body")
    control = await Sample.make(subject, trial)
    alone = await control.send(control.body(other=True), key=subject.bench.key())
    if not alone.ok:
        raise Untestable(f"the other body is refused by itself ({alone.why}): give a good one as `other`")
    return f"refused with {second.status}"


async def key_concurrent(subject: Subject, trial: Trial) -> str:
    """The same key several times at once, as by workers that have the same message; a few rounds, for it is a race."""
    told = ""
    for _ in range(_ROUNDS):
        told = await _at_once(subject, trial)
    return told


async def _at_once(subject: Subject, trial: Trial) -> str:
    sample, key = await _sample(subject, trial)
    count = await Count.begin(sample)
    answers = await asyncio.gather(*(sample.send(key=key) for _ in range(subject.block.at_once)))
    taken = [answer for answer in answers if answer.ok]
    wrong = next((answer for answer in answers if not answer.ok and answer.status != _UNDER_WAY), None)
    if wrong is not None:
        raise Broken(f"one of {len(answers)} calls at once with one key is answered with {wrong.told}")
    if not taken:
        raise Broken(f"of {len(answers)} calls at once with one key none was taken")
    await _same_later(sample, taken[0], key)
    return await count.expect(1, taken, f"after {len(answers)} calls at once with one key")


async def key_missing(subject: Subject, trial: Trial) -> str:
    """Without the key that the document requires."""
    key = subject.operation.key
    if key is None or not key.required:
        raise Untestable("the document requires no idempotency key")
    sample = await Sample.make(subject, trial)
    count = await Count.begin(sample)
    answer = await sample.send()
    if answer.status not in _INCOMPLETE:
        raise Broken(f"without the required {key.name} the call is answered with {answer.told}")
    _require_problem(subject, answer)
    if await sample.rows() is not None:
        await count.expect(0, (), f"after a call without {key.name}")
    return f"refused with {answer.status}"


async def _sample(subject: Subject, trial: Trial) -> tuple[Sample, str]:
    if subject.operation.key is None:
        raise Untestable("the document declares no idempotency key")
    sample = await Sample.make(subject, trial)
    if subject.block.effects is None and subject.block.id is None and "201" not in subject.operation.responses:
        raise Untestable(UNCOUNTED)
    return sample, subject.bench.key()


async def _same_later(sample: Sample, taken: Answer, key: str) -> None:
    later = await sample.send(key=key)
    if not same(taken, later, sample.subject.block.changing):
        raise Broken(f"once all is done the same key gets another answer: {taken.told}, then {later.told}")


def _require_problem(subject: Subject, answer: Answer) -> None:
    if subject.operation.promises_problems() and answer.media != PROBLEM_JSON:
        raise Broken(f"{answer.told} comes as {answer.media or 'nothing'}, and the document promises {PROBLEM_JSON}")
