"""The oracle: judges a sync core by the books of the systems around it, in virtual time and live."""

from __future__ import annotations

from sandbox.oracle.context import Context, Deadlines, LoadLimits
from sandbox.oracle.invariants import ALL
from sandbox.oracle.oracle import Oracle
from sandbox.oracle.verdict import FactRef, Finding, Outcome, Verdict

__all__ = ["ALL", "Context", "Deadlines", "FactRef", "Finding", "LoadLimits", "Oracle", "Outcome", "Verdict"]
