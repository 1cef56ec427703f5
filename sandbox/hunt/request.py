"""What is asked of a hunt, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sandbox.hunt.finding import Finding
from sandbox.hunt.stages.coverage import SiteCoverage
from sandbox.hunt.target import Target
from sandbox.hunt.watching import Block, core_watch, unreached

STAGES: Final = ("nemesis", "groups", "singles", "pairs", "triples", "swarm", "scheduling")
CLEAN: Final = "clean"
"""The run without faults, before the first stage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HuntRequest:
    """What is asked. `budget_s` is wall time, `runs_most` bounds the trials (None: no bound).

    Only violations of `invariants` count (none named: of any). Without `keep_going` the hunt ends with the round of its
    first finding. With `watch` it is told which of the core's code ran. `folder` gets the findings.
    """

    target: Target
    seed: int = 1
    stages: Sequence[str] = STAGES
    budget_s: float | None = 300.0
    runs_most: int | None = None
    invariants: Sequence[str] = ()
    keep_going: bool = False
    folder: Path = Path("findings")
    watch: bool = True


@dataclass(slots=True)
class StageCount:
    """One stage's trials, and the wall seconds that they took."""

    runs: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class HuntResult:
    """How a hunt stands. `findings` are one for each kind of failure, with their files; `marks` the blocks that ran."""

    request: HuntRequest
    stages: dict[str, StageCount] = field(default_factory=dict)
    findings: dict[tuple[str, str], tuple[Finding, Path]] = field(default_factory=dict)
    coverage: SiteCoverage | None = None
    marks: set[int] = field(default_factory=set)
    seconds: float = 0.0
    stage: str = CLEAN

    @property
    def runs(self) -> int:
        """Trials in all, the run without faults among them."""
        return sum(count.runs for count in self.stages.values())

    def unreached(self) -> list[Block]:
        """Handlers and branches of the core that no run met, in functions that ran."""
        return unreached(core_watch().blocks, self.marks) if self.marks else []

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        request, coverage = self.request, self.coverage
        blocks = core_watch().blocks if self.marks else []
        return {
            "scenario": request.target.scenario,
            "core": request.target.core,
            "seed": request.seed,
            "runs": self.runs,
            "seconds": round(self.seconds, 1),
            "stages": {
                name: {"runs": count.runs, "seconds": round(count.seconds, 1)} for name, count in self.stages.items()
            },
            "sites": {
                "possible": 0 if coverage is None else len(coverage.possible),
                "struck": 0 if coverage is None else len(coverage.struck),
            },
            "code": {
                "blocks": len(blocks),
                "reached": len(self.marks),
                "unreached": [
                    {"file": block.file, "line": block.line, "kind": block.kind, "function": block.function}
                    for block in self.unreached()
                ],
            },
            "findings": [
                {
                    "invariant": found.invariant,
                    "role": found.role,
                    "order": found.order,
                    "message": found.message,
                    "stage": found.stage,
                    "atoms": len(found.trial.atoms),
                    "orders": None if found.trial.orders is None else len(found.trial.orders),
                    "reference": found.reference,
                    "minimal": found.minimality is not None and found.minimality.complete,
                    "file": str(path),
                }
                for found, path in self.findings.values()
            ],
        }
