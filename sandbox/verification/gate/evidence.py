"""What is known of one pact with one version of its provider: verified, else compared, else by the document alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.verification.diff.changes import Change
from sandbox.verification.gate.answers import Answer, By, Detail, Row, Standing
from sandbox.verification.gate.model import Book, Described, Published, Result
from sandbox.verification.gate.shelf import Shelf
from sandbox.verification.outcome import Verdict
from sandbox.verification.pacts_against_openapi.misfits import Misfit


@dataclass(frozen=True, slots=True)
class Asked:
    """A pact with a provider's version. `deployed` are the versions of the provider that are there now.

    `by_provider`: it is the provider that asks to be deployed. Else it is the consumer, for whom nothing is pending.
    """

    pact: Published
    version: str
    deployed: tuple[str, ...]
    by_provider: bool


class Evidence:
    """Judges pairs. With `only_verified` neither comparisons nor documents count."""

    def __init__(self, book: Book, shelf: Shelf, *, only_verified: bool = False) -> None:
        self._book, self._shelf, self._only_verified = book, shelf, only_verified

    def judge(self, asked: Asked) -> Row:
        """What is known of a pair."""
        result = self._book.verification(asked.pact.content_hash, asked.pact.provider, asked.version)
        if result is not None and result.verdict is Verdict.PASS:
            same = "" if self._exactly(asked, result) else f", as the same pact of {result.consumer}"
            return _row(asked, Answer.YES, By.VERIFICATION, f"verified{same}: {result.tested} interactions")
        if result is not None and result.verdict is not Verdict.UNKNOWN:
            return self._failed(asked, result)
        if self._only_verified:
            return _row(asked, Answer.UNKNOWN, By.NOTHING, "it was never verified", _verify(asked))
        return self._by_documents(asked)

    def _exactly(self, asked: Asked, result: Result) -> bool:
        return result.consumer == asked.pact.consumer

    def _failed(self, asked: Asked, result: Result) -> Row:
        standing, why = Standing.COUNTS, ""
        if asked.by_provider and not self._book.ever_verified(asked.pact.content_hash, asked.pact.provider):
            known = None if self._only_verified else self._by_documents(asked)
            if known is None or known.answer is Answer.UNKNOWN or known.standing is not Standing.COUNTS:
                standing, why = Standing.PENDING, ", and the provider's main branch never verified this pact"
            else:  # nothing new that the provider could not know of: documents say that it broke, or that it served
                why = f", {'though' if known.answer is Answer.YES else 'and'} {known.reason}"
        details = tuple(map(finding_detail, result.findings))
        remedy = f"mend {asked.pact.provider} or the expectation of {asked.pact.consumer}, and verify again"
        return _row(asked, Answer.NO, By.VERIFICATION, f"its verification failed{why}", remedy, standing, details)

    def _by_documents(self, asked: Asked) -> Row:
        new = self._book.document(asked.pact.provider, asked.version)
        if new is None:
            told = f"it was never verified, and {asked.pact.provider} {asked.version} has no OpenAPI document"
            return _row(asked, Answer.UNKNOWN, By.NOTHING, told, _verify(asked))
        checked = self._shelf.checked(asked.pact, new)
        fresh = [one for one in checked.breaking if not self._known(asked, one)]
        if checked.breaking:
            standing = Standing.COUNTS if fresh else Standing.AS_DEPLOYED
            told = "the provider's document does not promise what the pact relies on"
            told += "" if fresh else ", and neither does that of what is deployed"
            details = tuple(map(_misfit_detail, fresh or checked.breaking))
            return _row(asked, Answer.NO, By.DOCUMENT, told, details[0].remedy, standing, details)
        return self._compared(asked, new, {kind for kind, _ in checked.not_tested}, checked.tested)

    def _known(self, asked: Asked, misfit: Misfit) -> bool:
        """Whether what is deployed has the same misfit: then the new version makes nothing worse."""
        olds = [self._book.document(asked.pact.provider, one) for one in asked.deployed if one != asked.version]
        if not asked.by_provider or not olds or any(old is None for old in olds):
            return False
        key = (misfit.rule, misfit.interaction, misfit.field)
        return all(
            key in {(one.rule, one.interaction, one.field) for one in self._shelf.checked(asked.pact, old).breaking}
            for old in olds
            if old is not None
        )

    def _compared(self, asked: Asked, new: Described, untested: set[str], tested: int) -> Row:
        broken: Row | None = None
        for base in self._bases(asked):
            changes = self._changes(asked, base)
            if changes:
                broken = broken or self._broken(asked, base, changes)
            elif changes is not None and self._serves(asked, base):
                told = f"nothing that {asked.pact.consumer} uses breaks since {asked.pact.provider} {base}"
                return _row(asked, Answer.YES, By.COMPARISON, told + self._why(asked, base))
        if broken is not None:
            return broken
        if tested and not untested and asked.pact.provider in self._book.vendors:
            told = f"all {tested} interactions fit the vendor's document; nothing was called"
            return _row(asked, Answer.YES, By.DOCUMENT, told)
        told = "it was never verified, and documents alone do not decide"
        told += f" ({len(untested)} interactions are not judged by them)" if untested else ""
        return _row(asked, Answer.UNKNOWN, By.NOTHING, told, _verify(asked))

    def _broken(self, asked: Asked, base: str, changes: list[Change]) -> Row:
        told = f"what {asked.pact.consumer} uses breaks between {asked.pact.provider} {base} and {asked.version}"
        details = tuple(map(_change_detail, changes))
        return _row(asked, Answer.NO, By.COMPARISON, told, _mend(asked), details=details)

    def _bases(self, asked: Asked) -> list[str]:
        """Versions to compare with: what is deployed now, then those that verified this pact, the last one first."""
        verified = [
            one.version
            for one in sorted(self._book.results, key=lambda one: -one.order)
            if (one.content_hash, one.provider) == (asked.pact.content_hash, asked.pact.provider)
            and self._serves_verified(asked, one.version)
        ]
        deployed = asked.deployed if asked.by_provider else ()
        return [one for one in dict.fromkeys((*deployed, *verified)) if one != asked.version]

    def _changes(self, asked: Asked, base: str) -> list[Change] | None:
        """What breaks for the pact since `base`; None where the documents to say so are missing."""
        messages = any(one.kind == "message" for one in self._shelf.pact(asked.pact).interactions)
        new = self._book.document(asked.pact.provider, asked.version)
        families = ("http", "events") if messages and new and not self._shelf.has_webhooks(new) else ("http",)
        found: list[Change] = []
        for family in families:
            old, new = (self._document(asked, version, family) for version in (base, asked.version))
            if old is None or new is None:
                return None
            found += self._shelf.hits(asked.pact, old, new)
        return found

    def _document(self, asked: Asked, version: str, family: str) -> Described | None:
        key = (asked.pact.provider, version, family)
        return next((one for one in self._book.documents if (one.provider, one.version, one.family) == key), None)

    def _serves_verified(self, asked: Asked, version: str) -> bool:
        result = self._book.verification(asked.pact.content_hash, asked.pact.provider, version)
        return result is not None and result.verdict is Verdict.PASS

    def _serves(self, asked: Asked, base: str) -> bool:
        """Whether `base` is known to serve the pact: verified, or a vendor's that is deployed beside it."""
        return self._serves_verified(asked, base) or asked.pact.provider in self._book.vendors

    def _why(self, asked: Asked, base: str) -> str:
        return ", which verified the pact" if self._serves_verified(asked, base) else ", which is deployed there"


def _row(
    asked: Asked, answer: Answer, by: By, reason: str, remedy: str = "", standing: Standing = Standing.COUNTS,
    details: tuple[Detail, ...] = (),
) -> Row:  # fmt: skip
    pact, file = asked.pact, asked.pact.file
    return Row(
        pact.consumer, pact.version, pact.provider, asked.version, answer, by, reason, remedy, standing, details, file
    )  # fmt: skip


def _verify(asked: Asked) -> str:
    pact = asked.pact
    return (
        f"verify the pact of {pact.consumer} {pact.version} with {pact.provider} {asked.version}, and record the result"
    )


def _mend(asked: Asked) -> str:
    if asked.by_provider:
        return f"keep what {asked.pact.consumer} uses, or first deploy a version of it that does without"
    return f"do without, or first deploy a version of {asked.pact.provider} that has it"


def finding_detail(finding: dict[str, Any]) -> Detail:
    """A recorded finding, whatever else its check told."""
    rule, interaction, field, remedy = (
        str(finding.get(key) or "") for key in ("rule", "interaction", "field", "remedy")
    )
    text = str(finding.get("message", "")).removeprefix(f"{interaction}: ")  # told beside it
    return Detail(text, rule, interaction, field, remedy)


def _misfit_detail(misfit: Misfit) -> Detail:
    places = (misfit.in_pact, misfit.in_document)
    return Detail(misfit.text, misfit.rule, misfit.interaction, misfit.field, misfit.remedy, places)


def _change_detail(change: Change) -> Detail:
    operation = ", ".join(dict.fromkeys(one for hit in change.hits for one in hit.operations)) or change.subject
    return Detail(change.text, change.rule, operation, change.subject, "", (change.place,))
