"""Scenarios run for tests: each run is made once in a session, however many tests ask for it."""

from __future__ import annotations

import re
from pathlib import Path

from sandbox.pytest_plugin.files import design_file, scenario_file, written
from sandbox.pytest_plugin.options import Places
from sandbox.pytest_plugin.sandbox_run import SandboxRun
from sandbox.pytest_plugin.used import told
from sandbox.runs.execution import execute
from sandbox.runs.own_history import Changes, changed
from sandbox.runs.repeating import repeat_command
from sandbox.runs.request import Fidelity, RunRequest, unheard
from sandbox.runs.scenario import load_scenario


class Runner:
    """Runs scenarios in virtual time; what was run already is given again."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._made: dict[tuple[Path, Path | None, int | None, str | None], SandboxRun] = {}
        self._folders: set[str] = set()

    def __call__(
        self,
        scenario: str | Path,
        *,
        design: str | Path | None = None,
        seed: int | None = None,
        fidelity: Fidelity | None = None,
        beside: Path | None = None,
    ) -> SandboxRun:
        """The run of a scenario, a name or a file, perhaps by another design or seed than its own.

        Files are found from `beside`, from pytest's root and from where it was started. What cannot be run fails the
        test with file, line and remedy.
        """
        __tracebackhide__ = True
        with told():
            path = scenario_file(scenario, self._places, beside)
            other = None if design is None else design_file(design, self._places, beside)
            key = (path, other, seed, fidelity)
            if key not in self._made:
                name = written(scenario, path, self._places)
                by = None if other is None or design is None else written(design, other, self._places)
                self._made[key] = self._run(path, other, seed, fidelity, (name, by))
        return self._made[key]

    def _run(
        self,
        path: Path,
        design: Path | None,
        seed: int | None,
        fidelity: Fidelity | None,
        names: tuple[str, str | None],
    ) -> SandboxRun:
        scenario = load_scenario(path)
        changes = Changes() if design is None else Changes(design=str(design))
        scenario = scenario if design is None else changed(scenario, changes)
        chosen = scenario.seed if seed is None else seed
        options = {"--design": names[1], "--seed": str(chosen), "--fidelity": fidelity}
        request = RunRequest(
            scenario=scenario,
            seed=chosen,
            fidelity=fidelity or scenario.fidelity,
            folder=self._folder(scenario.name, None if design is None else design.stem, chosen, fidelity),
            repeat=repeat_command(names[0], options),
            source=str(path),
            changes=changes,
        )
        run = SandboxRun(execute(request, unheard))
        if self._places.is_kept:
            _ = run.report
        return run

    def _folder(self, *parts: str | int | None) -> Path:
        """A folder of its own for each run: two files may have the same name."""
        name = "-".join(re.sub(r"[^\w.]+", "_", str(part)) for part in parts if part is not None)
        count = 1
        while (unique := name if count == 1 else f"{name}-{count}") in self._folders:
            count += 1
        self._folders.add(unique)
        return self._places.out / unique
