"""Checks of retries: what is sent again, after its answer was lost or before it has arrived, has one effect."""

from __future__ import annotations

from typing import Final

from mock_systems.kit import faults as kinds
from sandbox.verification.behaviour.bench import Broken, Trial, Untestable
from sandbox.verification.behaviour.effects import KEY, Count, repeated_by
from sandbox.verification.behaviour.losing import Losing
from sandbox.verification.behaviour.sample import Sample, Subject

_LATE_S: Final = 0.3


async def retry_lost_reply(subject: Subject, trial: Trial) -> str:
    """The call is done and its answer lost; then it comes again."""
    sample, key = await _sample(subject, trial)
    count = await Count.begin(sample)
    async with Losing(subject.bench, kinds.LOST_REPLY) as proxy:
        first = await sample.send(key=key, base=proxy.url)
        proxy.require_struck(first)
    second = await sample.send(key=key)
    if not second.ok:
        raise Broken(f"the retry of a call whose answer was lost is answered with {second.told}")
    return await count.expect(1, (), "after an answer was lost and the call was sent again")


async def retry_late_commit(subject: Subject, trial: Trial) -> str:
    """The call is held up on its way; its retry comes first."""
    sample, key = await _sample(subject, trial)
    count = await Count.begin(sample)
    async with Losing(subject.bench, kinds.LATE_COMMIT, _LATE_S) as proxy:
        first = await sample.send(key=key, base=proxy.url)
        proxy.require_struck(first)
        second = await sample.send(key=key)
    # Leaving the block waits until the proxy has delivered what it held back.
    if not second.ok:
        raise Broken(f"the retry of a call that is held up is answered with {second.told}")
    return await count.expect(1, (), "after a call came later than its retry")


async def retry_doubled(subject: Subject, trial: Trial) -> str:
    """Something on the way sends the call twice."""
    sample, key = await _sample(subject, trial)
    count = await Count.begin(sample)
    async with Losing(subject.bench, kinds.DUPLICATE) as proxy:
        answer = await sample.send(key=key, base=proxy.url)
        proxy.require_struck(answer)
    if not answer.ok:
        raise Broken(f"the repeat of a call that came twice is answered with {answer.told}")
    return await count.expect(1, (), "after a call came twice")


async def _sample(subject: Subject, trial: Trial) -> tuple[Sample, str | None]:
    if not subject.operation.is_write:
        raise Untestable("it changes nothing")
    sample = await Sample.make(subject, trial)
    known_by = repeated_by(sample)
    if known_by is None:
        raise Untestable(
            "the document declares no idempotency key, and POST is not idempotent: where a repeat is known by something"
            " in the body, say `repeated_by: reference` in the profile"
        )
    if subject.block.effects is None:
        raise Untestable("nothing tells how many effects there were: give `effects` in the profile")
    return sample, subject.bench.key() if known_by == KEY else None
