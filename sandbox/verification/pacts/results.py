"""What a verification came to: each interaction with its verdict, and a pact's outcome over them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.verification.outcome import Check, Finding, Outcome, Verdict

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verified:
    """One interaction. `pending`: its failure does not count yet. `problems` are why it failed, `reason` why it was not
    tested. `stateless`: it has states, and was run without them.
    """

    description: str
    states: tuple[str, ...]
    kind: str
    verdict: Verdict
    pending: bool = False
    problems: tuple[str, ...] = ()
    reason: str | None = None
    stateless: bool = False
    line: int | None = None

    @property
    def title(self) -> str:
        """How it is told."""
        return f"{self.description} (given {', '.join(self.states)})" if self.states else self.description

    def as_json(self) -> dict[str, Any]:
        """As a JSON value."""
        return {
            "description": self.description,
            "states": list(self.states),
            "kind": self.kind,
            "verdict": self.verdict.value,
            "pending": self.pending,
            "problems": list(self.problems),
            "reason": self.reason,
            "without_states": self.stateless,
            "line": self.line,
        }

    def untested(self, reason: str) -> Verified:
        """The same, not tested after all."""
        return replace(self, verdict=Verdict.UNKNOWN, problems=(), reason=reason)

    def failing(self, problem: str) -> Verified:
        """The same, with one more thing that is wrong."""
        verdict = Verdict.PENDING if self.pending else Verdict.FAIL
        return replace(self, verdict=verdict, problems=(problem, *self.problems))


@dataclass(frozen=True, slots=True)
class VerifiedPact:
    """A pact between a consumer and a provider, verified. `source` is where it was found.

    `stopped` tells that somebody ended it, `unpublished` why a broker was not told its results.
    """

    consumer: str
    provider: str
    source: str
    interactions: tuple[Verified, ...]
    versions: Mapping[str, str] = field(default_factory=dict)
    content_hash: str | None = None
    stopped: str | None = None
    unpublished: str | None = None

    @property
    def outcome(self) -> Outcome:
        """The pact's outcome: it passes where something was tested and all that was has passed."""
        by = {verdict: [one for one in self.interactions if one.verdict is verdict] for verdict in Verdict}
        tested = len(self.interactions) - len(by[Verdict.UNKNOWN])
        if by[Verdict.FAIL]:
            verdict = Verdict.FAIL
        elif not tested or self.stopped:
            verdict = Verdict.UNKNOWN
        else:
            verdict = Verdict.PENDING if by[Verdict.PENDING] else Verdict.PASS
        return Outcome(
            check=Check.PACT,
            subject=f"{self.consumer}->{self.provider}",
            verdict=verdict,
            tested=tested,
            not_tested=len(by[Verdict.UNKNOWN]),
            findings=list(self._findings(by[Verdict.FAIL] + by[Verdict.PENDING])),
            versions=dict(self.versions),
        )

    def as_json(self) -> dict[str, Any]:
        """The outcome, and each interaction below it."""
        return self.outcome.as_json(
            consumer=self.consumer,
            provider=self.provider,
            pact=self.source,
            content_hash=self.content_hash,
            stopped=self.stopped,
            unpublished=self.unpublished,
            interactions=[one.as_json() for one in self.interactions],
        )

    def _findings(self, wrong: Sequence[Verified]) -> Iterable[Finding]:
        for one in wrong:
            told = {"interaction": one.title, "pending": one.pending, "file": self.source, "line": one.line}
            for problem in one.problems:
                yield Finding.model_validate({"message": f"{one.title}: {problem}", **told})


def verified_of(result: Json, kind: str, line: int | None = None) -> Verified:
    """An interaction's result, as pact tells it."""
    pending = bool(result.get("pending"))
    states = tuple(str(state) for state in result.get("providerStates") or ())
    plain = Verified(str(result.get("description", "")), states, kind, Verdict.PASS, pending, line=line)
    mismatch = result.get("mismatch")
    if result.get("result") == "OK":
        return plain
    if isinstance(mismatch, Mapping) and mismatch.get("type") == "error":
        told = str(mismatch.get("message", "it could not be verified"))
        return replace(plain, verdict=_failed(pending), problems=(told,))
    listed = mismatch.get("mismatches", ()) if isinstance(mismatch, Mapping) else ()
    problems = tuple(_words(one) for one in sorted(listed, key=_order)) or ("it failed, and pact does not say why",)
    return replace(plain, verdict=_failed(pending), problems=problems)


def _failed(pending: bool) -> Verdict:
    return Verdict.PENDING if pending else Verdict.FAIL


def _order(mismatch: Json) -> tuple[bool, list[tuple[int, str]]]:
    """The status first, then by place, the tenth entry after the ninth: pact tells them in another order each time."""
    parts = re.findall(r"\d+|\D+", _words(mismatch))
    return mismatch.get("type") != "StatusMismatch", [(int(part) if part.isdecimal() else -1, part) for part in parts]


def _words(mismatch: Json) -> str:
    kind, told = str(mismatch.get("type", "")), str(mismatch.get("mismatch", ""))
    if kind == "StatusMismatch":
        return told or f"status {mismatch.get('actual')}, and not {mismatch.get('expected')}"
    where = mismatch.get("path") or mismatch.get("key") or mismatch.get("parameter")
    return f"{where}: {told}" if where else told or str(dict(mismatch))
