"""What the gate answers, with its reasons: frozen values that every report is made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from sandbox.verification.diff.changes import Place


class Answer(StrEnum):
    """Whether a version may go to an environment. `unknown` is never a yes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class By(StrEnum):
    """What an answer rests on: a verification of exactly this pair, a comparison with a version that is known to serve,
    the provider's document alone, a check of the version by itself, or nothing."""

    VERIFICATION = "verification"
    COMPARISON = "comparison"
    DOCUMENT = "document"
    CHECK = "check"
    NOTHING = "nothing"


class Standing(StrEnum):
    """Whether a row counts. All but the first are told and do not block: those `as deployed` are no worse than now."""

    COUNTS = "counts"
    PENDING = "pending"
    IN_PROGRESS = "work in progress"
    IGNORED = "ignored"
    AS_DEPLOYED = "as deployed"


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that is wrong: in which interaction, at which field, by which rule, and what would unblock it."""

    text: str
    rule: str = ""
    interaction: str = ""
    field: str = ""
    remedy: str = ""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A pair of versions, or a version by itself (`consumer` is then empty), and what is known of it.

    `provider_version` is empty where none is deployed. `remedy` would unblock it. `file` is where the pact was found.
    """

    consumer: str
    consumer_version: str
    provider: str
    provider_version: str
    answer: Answer
    by: By
    reason: str
    remedy: str = ""
    standing: Standing = Standing.COUNTS
    details: tuple[Detail, ...] = ()
    file: str = ""

    @property
    def subject(self) -> str:
        """The pair in words."""
        provider = f"{self.provider} {self.provider_version or '(none)'}"
        return f"{self.consumer} {self.consumer_version} -> {provider}" if self.consumer else provider


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for a version: all rows, and what is worth telling besides."""

    pacticipant: str
    version: str
    environment: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    answer: Answer = field(init=False)

    def __post_init__(self) -> None:
        counted = {row.answer for row in self.rows if row.standing is Standing.COUNTS}
        worst = next((one for one in (Answer.NO, Answer.UNKNOWN) if one in counted), Answer.YES)
        object.__setattr__(self, "answer", worst)

    @property
    def blocking(self) -> tuple[Row, ...]:
        """The rows that stand in the way."""
        return tuple(row for row in self.rows if row.standing is Standing.COUNTS and row.answer is not Answer.YES)

    @property
    def sentence(self) -> str:
        """The answer in a sentence."""
        who = f"{self.pacticipant} {self.version}"
        if self.answer is Answer.YES:
            return f"{who} may be deployed to {self.environment}"
        if self.answer is Answer.NO:
            return f"{who} may not be deployed to {self.environment}"
        return f"nobody knows whether {who} may be deployed to {self.environment}, so it may not"

    def as_json(self) -> dict[str, Any]:
        """The verdict as JSON values."""
        return {**asdict(self), "sentence": self.sentence}


def all_yes(verdicts: Iterable[Verdict]) -> bool:
    """Whether all may be deployed."""
    return all(one.answer is Answer.YES for one in verdicts)
