"""Back-off with full jitter: how long to wait before the next attempt."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.core.ports import Draws


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits are uniform between nothing and `base_us * factor ** (attempt - 1)`, at most `cap_us`.

    Full jitter, because callers that failed together must not come back together.
    """

    base_us: int = 500_000
    factor: float = 2.0
    cap_us: int = 30_000_000

    def ceiling_us(self, attempt: int) -> int:
        """The longest wait after the `attempt`-th failure, counted from 1."""
        # 64 doublings pass any cap; a larger power would overflow a float.
        return int(min(self.cap_us, self.base_us * self.factor ** min(attempt - 1, 64)))

    def wait_us(self, draws: Draws, about: str, attempt: int) -> int:
        """The wait after the `attempt`-th failure of the call that `about` names."""
        return int(self.ceiling_us(attempt) * draws.fraction("backoff", about, attempt))
