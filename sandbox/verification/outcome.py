"""What every check of a contract comes to, in one shape: the top of each `--json`, and what the gate collects."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sandbox.errors import InputError
from sandbox.verification.documents.document import Node, load_document
from sandbox.yaml_words import problem_words


class Check(StrEnum):
    """Which check it was."""

    PACT = "pact"
    FUZZ = "fuzz"
    BEHAVIOUR = "behaviour"
    DIFF = "diff"
    EVENTS = "events"
    RECORDED = "recorded"
    REHEARSAL = "rehearsal"
    GATE = "gate"


class Verdict(StrEnum):
    """`pending`: it failed, and counts for nothing yet. `unknown`: nothing was tested that could have failed."""

    PASS = "pass"
    FAIL = "fail"
    PENDING = "pending"
    UNKNOWN = "unknown"


class Finding(BaseModel):
    """One thing that is wrong, in words. Checks add what else they know of it: a rule, a place, an operation."""

    model_config = ConfigDict(frozen=True, extra="allow")

    message: str = Field(description="What is wrong, in one or two sentences")


class Outcome(BaseModel):
    """A check's result. `subject` is a system, or `consumer->provider`; `versions` are those of the pacticipants.

    Raises ValueError for one that passed and has tested nothing. More may stand beside these fields.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    check: Check
    subject: str = Field(min_length=1)
    verdict: Verdict
    tested: int = Field(ge=0, description="How many cases, interactions or messages were tested")
    not_tested: int = Field(ge=0, default=0, description="How many could not be")
    findings: list[Finding] = []
    versions: dict[str, str] = Field(default={}, description="Version by the name of each pacticipant")

    @model_validator(mode="after")
    def _tested_something(self) -> Outcome:
        if self.verdict is Verdict.PASS and not self.tested:
            raise ValueError("nothing was tested, so it has not passed")
        return self

    def as_json(self, **more: Any) -> dict[str, Any]:
        """The result as JSON values, with `more` below it."""
        return {**self.model_dump(mode="json"), **more}


def as_one_object(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What a command prints with `--json`: its one result, or all of them below `checks`. `read_outcomes` reads it."""
    return results[0] if len(results) == 1 else {"checks": list(results)}


def read_outcome(path: Path) -> Outcome:
    """A result that a command printed with `--json`. Raises InputError with file, line and field."""
    return _validated(load_document(str(path.resolve()), str(path)).root)


def read_outcomes(path: Path) -> list[Outcome]:
    """What `as_one_object` made of one result or several. Raises InputError with file, line and field."""
    root = load_document(str(path.resolve()), str(path)).root
    # A fuzz result has `checks`, too: the names of its own.
    several = root.get("checks") if root.get("check") is None else None
    return [_validated(root)] if several is None else [_validated(one) for one in several.each()]


def _validated(node: Node) -> Outcome:
    try:
        return Outcome.model_validate(node.value)
    except ValidationError as error:
        first = error.errors()[0]
        where = tuple(part for part in first["loc"] if isinstance(part, str | int))
        message, remedy = problem_words(Outcome, where, first)
        raise InputError(
            f"is no result of a check: {message}",
            file=node.document.file,
            line=node.document.line_of((*node.pointer, *where)),
            field=".".join(map(str, where)) or None,
            remedy=remedy or "give it what `sandbox contracts ... --json` printed",
        ) from None
