"""Brings the provider into a condition and out of it again: by a sandbox's admin API, or by calls of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from sandbox.verification.behaviour.bench import Bench, Trial, Untestable, with_body
from sandbox.verification.behaviour.exchange import Answer, Request
from sandbox.verification.behaviour.profile import Condition, FaultsBlock
from sandbox.verification.behaviour.values import at, filled

CONDITIONS: Final[tuple[Condition, ...]] = ("throttled", "unavailable", "maintenance", "slow", "failing")
_TOLD_S: Final = 1
_LASTS_S: Final = 0.7
_FAULTS: Final[dict[Condition, list[dict[str, Any]]]] = {
    "throttled": [{"kind": "throttle", "retry_after_s": _TOLD_S}],
    "unavailable": [{"kind": "error", "status": 503, "retry_after_s": _TOLD_S}],
    "maintenance": [{"kind": "error", "status": 503, "retry_after_s": _TOLD_S, "retry_after_form": "date"}],
    "slow": [{"kind": "slow", "delay_us": 300_000}],
    "failing": [
        {"kind": "error", "status": 500, "share": 0.5},
        {"kind": "lost_reply", "share": 0.34, "reset": True},
    ],
}


class Degrading:
    """What the profile says about conditions, carried out."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._block = bench.profile.degrade
        self._trial = Trial(bench)

    def can(self, condition: Condition) -> bool:
        """Whether anything is known that brings the provider into it."""
        return condition in self._block.conditions or self._block.faults is not None

    def ends_by_itself(self, condition: Condition) -> bool:
        """Whether it will be over by the time that the provider tells."""
        switch = self._block.conditions.get(condition)
        return switch.lasts_s is not None if switch is not None else True

    @asynccontextmanager
    async def degraded(self, condition: Condition) -> AsyncIterator[None]:
        """The provider is in the condition for the length of the block. Raises Untestable."""
        switch = self._block.conditions.get(condition)
        if switch is None:
            assert self._block.faults is not None, "who asks for a condition has asked whether there is one"
            await self._arm(self._block.faults, condition, None)
        else:
            for call in switch.on:
                await self._trial.call(call, self._bench.fresh())
        try:
            yield
        finally:
            if switch is None:
                assert self._block.faults is not None
                await self._admin(self._block.faults, "DELETE", "/faults")
            else:
                for call in switch.off:
                    await self._trial.call(call, self._bench.fresh())

    async def is_to_end(self, condition: Condition) -> None:
        """All have heard how long to wait: the condition is over before that."""
        if condition not in self._block.conditions and self._block.faults is not None:
            await self._arm(self._block.faults, condition, _LASTS_S)

    async def _arm(self, block: FaultsBlock, condition: Condition, lasts_s: float | None) -> None:
        faults = [{"id": f"behaviour.{condition}.{i}", **fault} for i, fault in enumerate(_FAULTS[condition])]
        clock = (await self._admin(block, "GET", "/clock")).body
        now_us, speed = at(clock, "/now_us"), at(clock, "/anchor/speed")
        if not isinstance(now_us, int) or not isinstance(speed, int | float):
            raise Untestable(f"{block.url} is no admin API of a sandbox: its /clock shows no time")
        for fault in faults:
            if lasts_s is not None:
                fault["until_us"] = int(now_us + lasts_s * 1_000_000 * speed)
            if "delay_us" in fault:
                fault["delay_us"] = int(fault["delay_us"] * speed)
        await self._admin(block, "PUT", "/faults", {"calls": faults, "webhooks": []})

    async def _admin(self, block: FaultsBlock, method: str, path: str, body: Any = None) -> Answer:
        headers = {"authorization": f"Bearer {self._bench.secret(block.token_env)}"}
        url = str(filled(block.url, self._bench.names)).rstrip("/") + path
        request = Request(method, url, headers)
        answer = await self._bench.send(request if body is None else with_body(request, body))
        if not answer.ok:
            raise Untestable(f"the admin API does not do it: {method} {url}: {answer.told}")
        return answer
