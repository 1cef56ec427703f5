"""`record.json`: what a run was, what was found, and how to repeat it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

RECORD_FORMAT = 1
Verdict = Literal["pass", "violated", "unknown"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class InvariantResult(_Part):
    """An invariant's verdict: how often it was checked, violated and excused (by reason in `excuses`).

    `pending` is what was still within its deadline at the end, `unknown` says what was never exercised, and without
    which there is no verdict; `untried` which flows the run did not have, without which it may still pass.
    """

    id: str
    name: str
    verdict: Verdict
    checked: int = 0
    violations: int = 0
    excused: int = 0
    excuses: dict[str, int] = {}
    pending: int = 0
    unknown: list[str] = []
    untried: list[str] = []


class Finding(_Part):
    """A violated invariant with its evidence: pairs of system and the sequence number of a fact in its ledger."""

    invariant: str
    role: str = ""
    order: str | None = None
    entity: str = ""
    at_us: int
    message: str
    evidence: list[tuple[str, int]] = []


class FigureResult(_Part):
    """One number that a business reads. `value` None: nothing was there to measure; `n` counts the observations."""

    name: str
    value: float | None
    unit: str
    about: str = ""
    n: int | None = None


class BookResult(_Part):
    """Two systems' books held against each other at the end: entries compared, differences, and reasons for them."""

    name: str
    compared: int
    differences: int
    explained: dict[str, int] = {}
    unexplained: int = 0
    examples: list[str] = []


class ExpectationResult(_Part):
    """One line of `expect:`, whether it was met, and what was seen instead."""

    text: str
    passed: bool
    actual: str


class FaultResult(_Part):
    """A fault in words, when it was on (microseconds since 1970), and how often it struck."""

    id: str
    kind: str
    text: str
    from_us: int
    until_us: int
    fired: int


class ExceptionResult(_Part):
    """An exception that the sync core surfaced to the operations desk."""

    id: str
    order: str | None
    cause: str
    subject: str
    message: str
    opened_us: int
    closed_us: int | None = None


class ContractFinding(_Part):
    """A webhook or event that does not keep its published schema: the first one, and how many there were.

    `pointer` leads into the message, `[]` standing for any entry of a list. `excused` names the faults of the plan that
    spoil such messages on purpose.
    """

    name: str = Field(description="source/type")
    version: str | None
    pointer: str
    reason: str
    count: int
    message: str = Field("", description="the id of the first one")
    at_us: int = Field(0, description="when that was sent")
    excused: list[str] = []


class ContractResult(_Part):
    """The messages of a run, each once, held against their schemas. `not_tested`: why not -> how many."""

    tested: int
    not_tested: dict[str, int] = {}
    findings: list[ContractFinding] = []

    @property
    def kept(self) -> bool:
        """Whether something was tested, and nothing was wrong but what faults of the plan had spoilt."""
        return self.tested > 0 and all(finding.excused for finding in self.findings)


class Traffic(_Part):
    """What one system's door saw."""

    calls: int
    refused: int = 0
    peak_concurrency: int = 0
    peak_per_minute: int = 0
    webhooks_sent: int = 0
    by_operation: dict[str, int] = {}


class LiveResult(_Part):
    """How a live run went: `speed` times as fast as life, on which `stack`; deadlines of calls took `floor_s` at least.

    `left_out`: faults that can't be carried out against real processes, and why. `folder` has their logs. `core` is the
    reference core, or an external one; `systems` are those in the places of ours, by URL.
    """

    speed: float
    stack: str
    floor_s: float
    left_out: dict[str, str] = {}
    folder: str
    core: str = "reference"
    systems: dict[str, str] = {}


class Phases(_Part):
    """The run's moments in microseconds since 1970: start, end of the warm-up, of demand, of faults, of the run."""

    start_us: int
    warm_until_us: int | None = None
    demand_until_us: int
    healed_us: int
    end_us: int


class Summary(_Part):
    """All of `record.json`. A field that a run did not come to has its default.

    `scenario` and `design` are names; `plan` is the fault plan as it was carried out, drawn atoms included; `knobs` are
    the design's figures that were drawn, by name (times in microseconds).
    `live` tells of the processes of a run that was not in virtual time.
    `finished` is false for a run that was interrupted; `interrupted` then says by what.
    """

    record_format: int = RECORD_FORMAT
    title: str
    about: str = ""
    scenario: str
    design: str
    seed: int
    world: str = "virtual"
    fidelity: str = "direct"
    live: LiveResult | None = None
    repeat: str
    versions: dict[str, str] = {}
    finished: bool = True
    interrupted: str | None = None
    fingerprint: str | None = None
    deterministic: bool | None = Field(None, description="whether a second interpreter gave the same fingerprint")
    virtual_seconds: float = 0
    wall_seconds: float = 0
    remote_calls: int = 0
    phases: Phases | None = None
    demand: dict[str, Any] = {}
    plan: list[dict[str, Any]] = []
    knobs: dict[str, Any] = {}
    faults: list[FaultResult] = []
    figures: list[FigureResult] = []
    invariants: list[InvariantResult] = []
    findings: list[Finding] = []
    books: list[BookResult] = []
    expectations: list[ExpectationResult] = []
    exceptions: list[ExceptionResult] = []
    traffic: dict[str, Traffic] = {}
    contracts: ContractResult | None = Field(None, description="given where the run's messages were checked")

    @property
    def succeeded(self) -> bool:
        """Whether the run ended, nothing was violated, every expectation was met and every message kept its schema."""
        return (
            self.finished
            and (self.contracts is None or self.contracts.kept)
            and self.deterministic is not False
            and all(invariant.verdict != "violated" for invariant in self.invariants)
            and all(expectation.passed for expectation in self.expectations)
        )
