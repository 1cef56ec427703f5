"""How one system is to be called: what a design says about it, in its runtime form."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.core.policies.backoff import Backoff
from sandbox.core.policies.breaker import BreakerPolicy
from sandbox.core.policies.retry_budget import BudgetPolicy


@dataclass(frozen=True, slots=True)
class CallPolicy:
    """The policies of one system's calls; None switches the breaker, the budget or the rate limit off.

    `timeout_us` is for one attempt, `patience_us` for all of them with their waits and the queue.
    `late_commit_bound_us` is how long after a lost call the system may still carry it out: only then
    does a look-up prove anything, and only when it shows no state from before: reads may be `staleness_us` old.
    `honours_keys`: the system keeps the answer to an idempotency key, for longer than `keys_last_us`.
    """

    timeout_us: int = 15_000_000
    patience_us: int = 120_000_000
    attempts: int = 4
    backoff: Backoff = field(default_factory=Backoff)
    concurrency: int = 16
    per_minute: int | None = None
    breaker: BreakerPolicy | None = field(default_factory=BreakerPolicy)
    retry_budget: BudgetPolicy | None = field(default_factory=BudgetPolicy)
    late_commit_bound_us: int = 300_000_000
    staleness_us: int = 120_000_000
    honours_keys: bool = True
    keys_last_us: int = 43_200_000_000

    @property
    def look_after_us(self) -> int:
        """How long after a lost call a look-up shows what became of it."""
        return self.late_commit_bound_us + self.staleness_us
