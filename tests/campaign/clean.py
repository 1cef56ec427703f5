"""The reference core under drawn fault plans: it must come through each of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from sandbox.hunt.crew import Alone, Crew, LocalCrew
from sandbox.hunt.finding import found_in as finding_of
from sandbox.hunt.finding import write_finding
from sandbox.hunt.outcome import Outcome
from sandbox.hunt.target import Target
from sandbox.hunt.trial import Trial
from tests.campaign.drawn import Found, drawn_trial, found_in

ROUND = 100


class CleanRuns:
    """How the drawn runs stand; findings are in their folder as soon as they are made."""

    def __init__(self, target: Target, folder: Path, console: Console) -> None:
        self.runs = 0
        self.orders = 0
        self.seconds = 0.0
        self.found: list[Found] = []
        self.struck: Counter[str] = Counter()
        self._target = target
        self._folder = folder
        self._console = console

    def carry_out(self, seeds: Sequence[int], workers: int, hear: Callable[[CleanRuns], None]) -> None:
        """The trials of these seeds; `hear` is told after each round how they stand."""
        crew: Crew = LocalCrew(workers) if workers > 1 else Alone()
        rounds = [seeds[first : first + ROUND] for first in range(0, len(seeds), ROUND)]
        began = time.perf_counter()
        try:
            for some in track(rounds, description="drawn fault plans", console=self._console):
                trials = [drawn_trial(seed) for seed in some]
                for place, outcome in crew.outcomes(self._target, trials, None, watch=False):
                    self._note(trials[place], outcome)
                    self.seconds = time.perf_counter() - began
                hear(self)
        finally:
            crew.close()

    def as_json(self) -> dict[str, Any]:
        """The parts of the campaign's file."""
        clean = {"runs": self.runs, "findings": len(self.found), "seconds": round(self.seconds, 1)}
        return {
            "clean": clean,
            "struck": dict(sorted(self.struck.items())),
            "findings": [each.as_json() for each in self.found],
        }

    def say(self) -> None:
        """How many there were, how quickly, and what struck."""
        rate = self.runs / self.seconds if self.seconds else 0.0
        say = self._console.print
        say(f"{self.runs:,} runs, {self.orders:,} orders, {self.seconds:.0f} s, {rate:.1f} runs a second")
        say("faults that struck: " + ", ".join(f"{kind} {count:,}" for kind, count in sorted(self.struck.items())))
        say(f"{len(self.found)} runs with a finding")

    def _note(self, trial: Trial, outcome: Outcome) -> None:
        self.runs, self.orders = self.runs + 1, self.orders + len(outcome.orders)
        self.struck.update(atom.kind for atom in trial.atoms if outcome.fired.get(atom.id))
        failed = found_in(trial, outcome)
        if failed is not None:
            self.found.append(failed)
            finding = finding_of(self._target, trial, outcome, outcome.violations[0], "campaign")
            self._console.print(f"seed {failed.seed}: {', '.join(failed.violated)}")
            self._console.print(f"  {write_finding(self._folder, finding)}")
