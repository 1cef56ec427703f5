"""Writes that must not be done twice, in systems that honour idempotency keys and in those that don't."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from sandbox.core.policies.outcomes import OutcomeUnknown, SystemUnavailable
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.waiting import Wait
from sandbox.core.systems.client import SystemRefused


class InDoubt(Protocol):
    """What has effects: the state of an order or of another document. `doubts` is kept with it."""

    doubts: dict[str, int]


T = TypeVar("T")
State = TypeVar("State", bound=InDoubt)


class Once(Generic[State]):
    """Does the effects of an order or another document in one system once.

    Where the system honours keys, an effect is done again under its key, for as long as keys last; after that, and
    where the answer came but could not be read, it is looked for first. Where the system doesn't, it is written down
    that it will be asked for; whoever finds that mark looks for the effect by its business reference, and only when
    the system can no longer carry out what was lost. `keep` writes the state down.
    """

    def __init__(self, parts: Parts, system: str, keep: Callable[[State], Awaitable[None]]) -> None:
        policy = parts.systems.callers[system].policy
        self._clock = parts.ports.clock
        self._looks = parts.design.safety.look_up_unknown
        self._by_key = policy.honours_keys
        self._keys_last_us, self._staleness_us = policy.keys_last_us, policy.staleness_us
        self._timeout_us, self._look_after_us = policy.timeout_us, policy.look_after_us
        self._keep = keep

    async def do(
        self,
        state: State,
        key: str,
        act: Callable[[], Awaitable[T]],
        find: Callable[[], Awaitable[T | None]],
    ) -> T:
        """What `act` gives, or what `find` finds that an earlier attempt has done.

        Raises Wait while neither is known, and whatever `act` raises where nothing has happened.
        """
        if not self._looks:
            return await act()
        if self._by_key:
            return await self._under_key(state, key, act, find)
        found = await self._of_earlier(state, key, find)
        if found is not None:
            return found
        # The attempt may last for its timeout; a crash in it leaves this mark.
        state.doubts[key] = self._clock.now_us() + self._timeout_us + self._look_after_us
        await self._keep(state)
        try:
            result = await act()
        except OutcomeUnknown:
            state.doubts[key] = self._clock.now_us() + self._look_after_us
            await self._keep(state)
            raise Wait(state.doubts[key], settled=False) from None
        except (SystemRefused, SystemUnavailable):
            del state.doubts[key]  # a lost attempt would have been told as an unknown outcome: nothing has happened
            raise
        del state.doubts[key]
        return result

    async def _under_key(
        self,
        state: State,
        key: str,
        act: Callable[[], Awaitable[T]],
        find: Callable[[], Awaitable[T | None]],
    ) -> T:
        begun_us = self._clock.now_us()
        if begun_us >= state.doubts.get(key, begun_us + 1):
            found = await find()
            del state.doubts[key]
            if found is not None:
                return found
        try:
            result = await act()
        except SystemUnavailable as away:
            if away.unknown:
                await self._doubt(state, key, begun_us + self._keys_last_us)
            raise
        except SystemRefused:
            state.doubts.pop(key, None)
            raise
        except (LookupError, TypeError, ValueError):  # an answer that is not what it should be: the effect is there
            await self._doubt(state, key, self._clock.now_us() + self._staleness_us)
            raise
        state.doubts.pop(key, None)
        return result

    async def _doubt(self, state: State, key: str, look_at_us: int) -> None:
        """Write down from when on to look before asking again; an earlier mark stays."""
        if look_at_us < state.doubts.get(key, look_at_us + 1):
            state.doubts[key] = look_at_us
            await self._keep(state)

    async def _of_earlier(self, state: State, key: str, find: Callable[[], Awaitable[T | None]]) -> T | None:
        look_at_us = state.doubts.get(key)
        if look_at_us is None:
            return None
        if self._clock.now_us() < look_at_us:
            raise Wait(look_at_us, settled=False)
        found = await find()
        if found is not None:
            del state.doubts[key]
        return found
