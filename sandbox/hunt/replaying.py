"""Findings replayed: does the same failure come about again, by the very same events, and if not, what has changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from sandbox.errors import SandboxError
from sandbox.hunt.finding import Finding
from sandbox.hunt.outcome import Outcome
from sandbox.hunt.shrinking.shrinker import carried_out
from sandbox.hunt.versions_used import changed, versions_of

MODULE: Final = "sandbox.hunt.replay_process"
_MOST_TOLD: Final = 2000

Verdict = Literal["reproduced", "reproduced otherwise", "fails otherwise", "passes", "unsteady"]
"""`reproduced`: the same failure by the same events. `reproduced otherwise`: by other events, since something changed.
`fails otherwise`: another failure came in its place. `unsteady`: the events differ though nothing has changed.
"""


class ReplayFailed(SandboxError):
    """A fresh interpreter could not carry the trial out; the message is its last words."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """What one run of the trial came to; `failures` is each kind of failure and when it came about first (UTC)."""

    fingerprint: str
    failures: dict[tuple[str, str], int]

    @classmethod
    def of(cls, outcome: Outcome) -> Repetition:
        """What is kept of an outcome."""
        firsts = {failure: outcome.first(*failure) for failure in outcome.failures}
        return cls(outcome.fingerprint, {kind: first.at_us for kind, first in firsts.items() if first is not None})

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Repetition:
        """One that was written by `as_json`."""
        return cls(told["fingerprint"], {(invariant, role): at_us for invariant, role, at_us in told["failures"]})

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        failures = [(invariant, role, at_us) for (invariant, role), at_us in self.failures.items()]
        return {"fingerprint": self.fingerprint, "failures": failures}

    def first_us(self, invariant: str, role: str) -> int | None:
        """When it failed so (UTC); None where it did not."""
        return self.failures.get((invariant, role))


@dataclass(frozen=True, slots=True)
class Replayed:
    """A finding and the runs of its trial now; `changed` is what differs from then, by name: then and now."""

    finding: Finding
    runs: tuple[Repetition, ...]
    changed: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """What the runs say together."""
        finding, first = self.finding, self.runs[0]
        if any(run != first for run in self.runs):
            return "unsteady"
        if first.fingerprint == finding.fingerprint and self._fails(first):
            return "reproduced"
        if not self.changed:
            return "unsteady"
        if self._fails(first):
            return "reproduced otherwise"
        return "fails otherwise" if first.failures else "passes"

    @property
    def is_over(self) -> bool:
        """Whether the trial passes now: what failed is mended."""
        return self.verdict == "passes"

    def _fails(self, run: Repetition) -> bool:
        return (self.finding.invariant, self.finding.role) in run.failures

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        finding, first = self.finding, self.runs[0]
        return {
            "invariant": finding.invariant,
            "role": finding.role,
            "verdict": self.verdict,
            "runs": len(self.runs),
            "reproduced": sum(self._fails(run) and run.fingerprint == finding.fingerprint for run in self.runs),
            "fingerprint": {"then": finding.fingerprint, "now": first.fingerprint},
            "failures": [{"invariant": invariant, "role": role} for invariant, role in first.failures],
            "changed": {name: {"then": then, "now": now} for name, (then, now) in self.changed.items()},
        }


def replayed(finding: Finding) -> Replayed:
    """Carry the finding's trial out once, here. Raises InputError."""
    outcome = carried_out(finding.target, finding.trial)
    return Replayed(finding, (Repetition.of(outcome),), _changed_since(finding))


def replayed_elsewhere(finding: Finding, file: Path, times: int) -> Iterator[Replayed]:
    """Carry it out so many times, each in a fresh interpreter with another hash seed; how it stands after each.

    Raises InputError, and ReplayFailed when an interpreter can't.
    """
    told = _changed_since(finding)
    runs: list[Repetition] = []
    for number in range(1, times + 1):
        runs.append(beginning_anew(file, number))
        yield Replayed(finding, tuple(runs), told)


def _changed_since(finding: Finding) -> dict[str, tuple[str, str]]:
    return changed(finding.versions, versions_of(finding.target))


def beginning_anew(file: Path, hash_seed: int = 1) -> Repetition:
    """What the trial of a finding's file comes to in a fresh interpreter. Raises ReplayFailed."""
    environment = {
        **os.environ,
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    done = subprocess.run(
        [sys.executable, "-m", MODULE, str(file)], capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode != 0:
        raise ReplayFailed(f"{file}: a fresh interpreter failed: {done.stderr[-_MOST_TOLD:].strip()}")
    return Repetition.read(json.loads(done.stdout))
