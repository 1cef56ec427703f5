"""A finding: one YAML file that says what broke, in which trial of which target, and what repeats it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field
from ruamel.yaml import YAML

from sandbox.errors import InputError
from sandbox.faults.written_parts import Written
from sandbox.hunt.minimality import Minimality, MinimalityBlock
from sandbox.hunt.outcome import Outcome, Violation
from sandbox.hunt.target import Target, Until, loaded
from sandbox.hunt.trial import Trial, TrialBlock
from sandbox.hunt.versions_used import versions_of
from sandbox.whole_files import write_whole
from sandbox.yaml_files import read_yaml

FORMAT = 1
_ITS_OWN: Final = frozenset(("invariant", "trial", "fingerprint"))

Bearing = Literal["passes", "fails in the same way", "fails otherwise"]
"""How the reference core bears the trial of a finding of another core."""

FAILS_TOO: Final[Bearing] = "fails in the same way"


@dataclass(frozen=True, slots=True)
class Finding:
    """A violated invariant: the same failure is the same `invariant` and `role`, whichever order it struck.

    `order`, `at_us` (UTC) and `message` tell of the first violation of that kind; `fingerprint` is the run's;
    `stage` is how it was found, `minimality` how it was shrunk, `reference` how the reference core bears the same trial
    (None: it was not asked, or it is the one that was hunted).
    """

    target: Target
    trial: Trial
    invariant: str
    role: str
    order: str | None
    at_us: int
    message: str
    fingerprint: str
    versions: dict[str, str]
    stage: str = ""
    minimality: Minimality | None = None
    reference: Bearing | None = None

    @property
    def is_false_alarm(self) -> bool:
        """Whether the reference core fails in the same way: the invariant, or the day, asks for too much."""
        return self.reference == FAILS_TOO

    @property
    def name(self) -> str:
        """Its file's name, the same for the same failure of the same trial."""
        return f"{self.invariant}-{self.role}-{self.trial.name}.yaml"

    def as_written(self) -> dict[str, Any]:
        """As YAML or JSON values."""
        target = self.target
        return {
            "format": FORMAT,
            "invariant": self.invariant,
            "role": self.role,
            "order": self.order,
            "at_us": self.at_us,
            "message": self.message,
            "stage": self.stage,
            "target": {
                "scenario": target.scenario,
                "overrides": dict(target.overrides),
                "design": target.design,
                "core": target.core,
                "until": target.until,
            },
            "trial": self.trial.as_written(),
            "fingerprint": self.fingerprint,
            "versions": dict(self.versions),
            **({} if self.minimality is None else {"minimality": self.minimality.as_written()}),
            **({} if self.reference is None else {"reference": self.reference}),
        }


class _TargetBlock(Written):
    scenario: str
    overrides: dict[str, Any] = Field({})
    design: str | None = None
    core: str | None = None
    until: Until = "delivered"

    def target(self) -> Target:
        return Target(self.scenario, self.core, self.design, self.overrides, self.until)


class FindingFile(Written):
    """A finding as its file has it."""

    format: Literal[1]
    invariant: str
    role: str
    order: str | None = None
    at_us: int
    message: str
    stage: str = ""
    target: _TargetBlock
    trial: TrialBlock
    fingerprint: str = Field(pattern=r"^[0-9a-f]{64}$")
    versions: dict[str, str] = Field({})
    minimality: MinimalityBlock | None = None
    reference: Bearing | None = None


def found_in(target: Target, trial: Trial, outcome: Outcome, violation: Violation, stage: str = "") -> Finding:
    """What is kept of a violation in a trial's outcome."""
    return Finding(
        target=target,
        trial=trial,
        invariant=violation.invariant,
        role=violation.role,
        order=violation.order,
        at_us=violation.at_us,
        message=violation.message,
        fingerprint=outcome.fingerprint,
        versions=versions_of(target),
        stage=stage,
    )


def read_finding(path: Path) -> Finding:
    """The finding in a file. Raises InputError for whatever in it, or in what it names, is wrong."""
    written = read_yaml(path)
    if not (isinstance(written.data, dict) and _ITS_OWN & written.data.keys()):
        raise InputError(
            "this is no finding",
            file=str(path),
            remedy="`sandbox hunt SCENARIO` writes them; a scenario is read by `sandbox check` and `sandbox run`",
        )
    file = written.validated(FindingFile)
    target = file.target.target()
    return Finding(
        target=target,
        trial=file.trial.trial(loaded(target).span_us),
        invariant=file.invariant,
        role=file.role,
        order=file.order,
        at_us=file.at_us,
        message=file.message,
        fingerprint=file.fingerprint,
        versions=file.versions,
        stage=file.stage,
        minimality=None if file.minimality is None else file.minimality.minimality(),
        reference=file.reference,
    )


def write_finding(folder: Path, finding: Finding) -> Path:
    """Put the finding's file into the folder, whole or not at all; the file. Raises OSError."""
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 120
    text = io.StringIO()
    yaml.dump(finding.as_written(), text)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / finding.name
    write_whole(path, text.getvalue())
    return path
