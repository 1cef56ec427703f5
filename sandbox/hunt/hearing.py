"""What a judge will have to hear: kept while a run is everybody's, told on as soon as a trial has its judge."""

from __future__ import annotations

from typing import Any

from mock_systems.kit.ledger import Fact, Listener
from sandbox.oracle.oracle import Oracle


class Hearing:
    """Stands where an oracle would: `observe` hears facts, `observe_call` calls.

    An oracle has to know from the start when its run's faults are over. Until a trial branches off, nobody knows.
    """

    def __init__(self) -> None:
        self._kept: list[tuple[Any, ...]] = []
        self._oracle: Oracle | None = None
        self._beside: Listener | None = None

    def observe(self, fact: Fact) -> None:
        """Hear one fact."""
        if self._oracle is None or self._beside is None:
            self._kept.append(fact)
        else:
            self._oracle.observe(fact)
            self._beside(fact)

    def observe_call(
        self, at_us: int, system: str, operation: str, about: str, status: int | None, retry_after_us: int | None
    ) -> None:
        """Hear one call."""
        if self._oracle is None:
            self._kept.append((at_us, system, operation, about, status, retry_after_us))
        else:
            self._oracle.observe_call(at_us, system, operation, about, status, retry_after_us)

    def tell(self, oracle: Oracle, beside: Listener) -> None:
        """Tell it all that was heard so far, and from now on everything at once; `beside` hears the facts, too."""
        for heard in self._kept:
            if isinstance(heard, Fact):
                oracle.observe(heard)
                beside(heard)
            else:
                oracle.observe_call(*heard)
        self._oracle, self._beside = oracle, beside
