"""A budget for retries: a system that is in trouble is not asked much more often than one that is well."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sandbox.core.ports import Clock

MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class BudgetPolicy:
    """Retries may be `share` of the calls, and `floor_per_minute` on top, saved up to `ceiling`."""

    share: float = 0.2
    floor_per_minute: float = 10.0
    ceiling: float = 100.0


class RetryBudget:
    """A token bucket that calls and time fill and retries empty; it begins with a minute's floor.

    The floor keeps a quiet system's retries alive: with a share alone, the first bad minute of a quiet
    day would have none.
    """

    def __init__(self, policy: BudgetPolicy, clock: Clock) -> None:
        self.policy = policy
        self.tokens = min(policy.floor_per_minute, policy.ceiling)
        self._clock = clock
        self._filled_at_us = clock.now_us()

    def called(self) -> None:
        """A call was made, retries not counted."""
        tokens = self.tokens + self.policy.share
        self.tokens = tokens if tokens < self.policy.ceiling else self.policy.ceiling

    def spend(self) -> bool:
        """Take one retry out of the budget; False when there is none left."""
        self._fill()
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True

    def due_us(self) -> int:
        """When there is a retry in the budget at the latest: time alone fills it, calls may do so sooner."""
        now_us = self._fill()
        lacking = max(0.0, 1.0 - self.tokens)
        floor = self.policy.floor_per_minute
        # Rounded up by more than a double's error: who comes at that time finds a whole retry.
        return now_us + (math.ceil(lacking / floor * MINUTE_US) + 1 if floor else MINUTE_US) * (lacking > 0)

    def _fill(self) -> int:
        now_us = self._clock.now_us()
        earned = self.policy.floor_per_minute * max(0, now_us - self._filled_at_us) / MINUTE_US
        self._filled_at_us = now_us
        self.tokens = min(self.policy.ceiling, self.tokens + earned)
        return now_us
