"""How many effects calls have had, and whether answers are the same: what most checks come down to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sandbox.verification.behaviour.bench import Broken, Untestable
from sandbox.verification.behaviour.exchange import Answer
from sandbox.verification.behaviour.sample import Sample
from sandbox.verification.behaviour.values import MISSING, without

UNCOUNTED: Final = "nothing tells how many effects there were: give `effects` or `id` in the profile"
KEY, REFERENCE, METHOD = "its idempotency key", "a reference in its body", "its method"


def repeated_by(sample: Sample) -> str | None:
    """By what the provider knows a repeat; None where nothing promises that it does."""
    operation, block = sample.subject.operation, sample.subject.block
    if operation.key is not None:
        return KEY
    if block.repeated_by is not None:
        return REFERENCE
    return METHOD if operation.method in ("PUT", "DELETE") else None


class Count:
    """Counts the effects of a sample from now on."""

    def __init__(self, sample: Sample, before: int | None) -> None:
        self._sample, self._before = sample, before

    @classmethod
    async def begin(cls, sample: Sample) -> Count:
        """How many there are before the first call."""
        rows = await sample.rows()
        return cls(sample, None if rows is None else len(rows))

    async def expect(self, wanted: int, answers: Sequence[Answer], when: str) -> str:
        """Raise Broken unless there were so many effects; Untestable where nothing tells. How it was counted."""
        rows = await self._sample.rows()
        if rows is not None and self._before is not None:
            found = len(rows) - self._before
            if found != wanted:
                raise Broken(f"{when} there are {_effects(found)} instead of {_effects(wanted)}")
            return _effects(found)
        ids = [made for answer in answers if answer.ok and (made := self._sample.id_in(answer)) is not MISSING]
        if wanted != 1 or len(ids) < 2:
            raise Untestable(UNCOUNTED)
        if any(made != ids[0] for made in ids):
            raise Broken(f"{when} the answers name different things: {ids[0]} and {_other(ids)}")
        return f"all answers name {ids[0]}"


def require_good(answer: Answer) -> None:
    """Raise Untestable unless a sample was taken: then it says nothing about repeats."""
    if not answer.ok:
        raise Untestable(f"the sample is not taken: {answer.why}")


def same(first: Answer, second: Answer, changing: list[str]) -> bool:
    """Whether two answers say the same; at `changing` they may differ."""
    if first.status != second.status:
        return False
    if first.body is MISSING or second.body is MISSING:
        return first.raw == second.raw
    return bool(without(first.body, changing) == without(second.body, changing))


def lacks(written: Any, shown: Any, where: str = "") -> str | None:
    """The first pointer at which what is shown is not what was written; what is not shown at all counts for nothing."""
    if isinstance(written, Mapping) and isinstance(shown, Mapping):
        for key, value in written.items():
            if key in shown and (found := lacks(value, shown[key], f"{where}/{key}")) is not None:
                return found
        return None
    if isinstance(written, list) and isinstance(shown, list):
        if len(written) != len(shown):
            return where
        pairs = enumerate(zip(written, shown, strict=True))
        return next((found for i, (one, two) in pairs if (found := lacks(one, two, f"{where}/{i}")) is not None), None)
    return None if written == shown else where


def _effects(count: int) -> str:
    return "no effect" if count == 0 else "one effect" if count == 1 else f"{count} effects"


def _other(ids: Sequence[Any]) -> Any:
    return next(made for made in ids if made != ids[0])
