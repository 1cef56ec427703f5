"""Can a version go to an environment? All pairs that would meet there, and the version by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sandbox.errors import InputError, did_you_mean
from sandbox.verification.gate.answers import Answer, By, Row, Standing, Verdict
from sandbox.verification.gate.evidence import Asked, Evidence, finding_detail
from sandbox.verification.gate.model import Book, Published, Result
from sandbox.verification.gate.shelf import Shelf, open_shelf
from sandbox.verification.outcome import Check
from sandbox.verification.outcome import Verdict as Came


@dataclass(frozen=True, slots=True)
class Question:
    """Which versions, by pacticipant, are to go where; those that are asked together are deployed together.

    `required` checks have to be there for each version. `in_progress_since_us`: pacts of branches that came since then
    are told, too.
    """

    environment: str
    candidates: Mapping[str, str]
    ignored: frozenset[str] = frozenset()
    only_verified: bool = False
    in_progress_since_us: int | None = None
    required: tuple[Check, ...] = ()


def ask(book: Book, question: Question) -> list[Verdict]:
    """The answer for each version that is asked about.

    Raises InputError for an environment, a pacticipant or a version that is not known.
    """
    with open_shelf(book) as shelf:
        return _answers(book, question, shelf)


def ask_each(book: Book, question: Question, versions: Sequence[tuple[str, str]]) -> list[Verdict]:
    """The answer for each version, asked by itself: who may be deployed. Raises InputError as `ask` does."""
    with open_shelf(book) as shelf:
        return [
            verdict
            for name, version in versions
            for verdict in _answers(book, replace(question, candidates={name: version}), shelf)
        ]


def _answers(book: Book, question: Question, shelf: Shelf) -> list[Verdict]:
    _refuse_unknown(book, question)
    asking = _Asking(book, question, shelf)
    return [asking.verdict(name, version) for name, version in sorted(question.candidates.items())]


def _refuse_unknown(book: Book, question: Question) -> None:
    environments = [one.name for one in book.environments]
    if question.environment not in environments:
        raise InputError(
            f"there is no environment {question.environment!r}", field="--environment",
            remedy=did_you_mean(question.environment, environments) if environments
            else f"make it: sandbox contracts record environment {question.environment}",
        )  # fmt: skip
    for name in (*question.candidates, *sorted(question.ignored)):
        if name not in book.pacticipants:
            raise InputError(
                f"there is no pacticipant {name!r}", field="--pacticipant", remedy=did_you_mean(name, book.pacticipants)
            )
    for name, number in question.candidates.items():
        if book.version(name, number) is None:
            known = [one.number for one in book.versions if one.pacticipant == name]
            raise InputError(f"{name} has no version {number}", field="--version", remedy=did_you_mean(number, known))


class _Asking:
    def __init__(self, book: Book, question: Question, shelf: Shelf) -> None:
        self._book, self._question, self._shelf = book, question, shelf
        self._evidence = Evidence(book, shelf, only_verified=question.only_verified)

    def verdict(self, name: str, version: str) -> Verdict:
        rows = [
            *self._as_provider(name, version),
            *self._as_consumer(name, version),
            *self._by_itself(name, version),
            *self._in_progress(name, version),
        ]
        judged = tuple(map(self._with_ignored, rows))
        return Verdict(name, version, self._question.environment, judged, tuple(self._notes(name, version, judged)))

    def _there(self, name: str) -> list[str]:
        """The versions that will be in the environment: what is deployed together counts instead of what is there."""
        if name in self._question.candidates:
            return [self._question.candidates[name]]
        return self._book.deployed(name, self._question.environment)

    def _now(self, name: str) -> tuple[str, ...]:
        return tuple(self._book.deployed(name, self._question.environment))

    def _as_provider(self, name: str, version: str) -> Iterator[Row]:
        for pact in self._pacts_there(name):
            yield self._evidence.judge(Asked(pact, version, self._now(name), by_provider=True))

    def _pacts_there(self, provider: str) -> list[Published]:
        """The pacts with a provider of all consumers that are there."""
        return [
            pact
            for consumer in self._book.pacticipants
            for there in (self._there(consumer) if consumer != provider else [])
            for pact in self._book.pacts_of(consumer, there)
            if pact.provider == provider
        ]

    def _as_consumer(self, name: str, version: str) -> Iterator[Row]:
        for pact in self._book.pacts_of(name, version):
            versions = self._there(pact.provider)
            if not versions:
                yield self._nobody(pact)
            for there in versions:
                yield self._evidence.judge(Asked(pact, there, self._now(pact.provider), by_provider=False))

    def _nobody(self, pact: Published) -> Row:
        where = self._question.environment
        return Row(
            pact.consumer, pact.version, pact.provider, "", Answer.UNKNOWN, By.NOTHING,
            f"no version of {pact.provider} is deployed to {where}",
            f"deploy {pact.provider} first, and record it: sandbox contracts record deployment", file=pact.file,
        )  # fmt: skip

    def _by_itself(self, name: str, version: str) -> Iterator[Row]:
        found = self._book.own_checks(name, version)
        for result in found:
            yield _own_row(result)
        for check in self._question.required:
            missing = check not in {one.check for one in found}
            if missing and self._provides(name):
                yield Row(
                    "", "", name, version, Answer.UNKNOWN, By.NOTHING, f"there is no result of {check.value}",
                    f"run it and record it: sandbox contracts {check.value} … --json",
                )  # fmt: skip

    def _provides(self, name: str) -> bool:
        provided = [one.provider for one in self._book.pacts] + [one.provider for one in self._book.documents]
        return name in provided

    def _in_progress(self, name: str, version: str) -> Iterator[Row]:
        """Pacts of branches that are at work: the last of each, not deployed, never verified."""
        since = self._question.in_progress_since_us
        for pact in self._book.pacts if since is not None else ():
            came = self._book.version(pact.consumer, pact.version)
            if pact.provider != name or came is None or since is None or came.at_us < since:
                continue
            main = self._book.main_branches.get(pact.consumer)
            last = came.branch is not None and self._book.latest(pact.consumer, came.branch) == came
            known = pact.version in self._there(pact.consumer)
            if last and came.branch != main and not known and not self._book.ever_verified(pact.content_hash, name):
                row = self._evidence.judge(Asked(pact, version, self._now(name), by_provider=True))
                yield replace(row, standing=Standing.IN_PROGRESS, reason=f"branch {came.branch}: {row.reason}")

    def _with_ignored(self, row: Row) -> Row:
        ignored = {row.consumer, row.provider} & self._question.ignored
        return replace(row, standing=Standing.IGNORED) if ignored else row

    def _notes(self, name: str, version: str, rows: tuple[Row, ...]) -> Iterator[str]:
        if not rows:
            yield "nobody there relies on it, and it relies on nobody"
        new = self._book.document(name, version)
        for base in self._now(name) if new is not None else ():
            old = self._book.document(name, base)
            if old is None or new is None or base == version:
                continue
            relied_on = {
                (one.rule, one.text) for pact in self._pacts_there(name) for one in self._shelf.hits(pact, old, new)
            }
            for change in self._shelf.breaking(old, new):
                if (change.rule, change.text) not in relied_on:
                    subject = "" if change.subject in change.text else change.subject
                    where = ": ".join(filter(None, (", ".join(change.operations[:2]), subject)))
                    yield f"breaks since {base}, and nobody deployed relies on it: {where}: {change.text}"


def _own_row(result: Result) -> Row:
    answers = {Came.PASS: Answer.YES, Came.FAIL: Answer.NO, Came.PENDING: Answer.NO, Came.UNKNOWN: Answer.UNKNOWN}
    told = {
        Came.PASS: f"passed: {result.tested} tested",
        Came.FAIL: f"failed: {len(result.findings)} findings in {result.tested} tested",
        Came.PENDING: f"failed, pending: {len(result.findings)} findings",
        Came.UNKNOWN: f"tested nothing that could decide ({result.not_tested} not tested)",
    }
    told_alone = result.verdict is Came.PENDING or result.check is Check.DIFF
    return Row(
        "", "", result.provider, result.version, answers[result.verdict], By.CHECK,
        f"{result.check.value} {told[result.verdict]}",
        "" if result.verdict is Came.PASS else f"mend it and record a new result of {result.check.value}",
        Standing.PENDING if told_alone and result.verdict is not Came.PASS else Standing.COUNTS,
        tuple(map(finding_detail, result.findings)) if result.verdict is not Came.PASS else (),
    )  # fmt: skip
