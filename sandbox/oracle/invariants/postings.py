"""The general ledger as the facts tell it: each document is posted once, with its amount, and each entry balances."""

from __future__ import annotations

from mock_systems.kit.ledger import Fact


class Postings:
    """Compares documents with their journal entries, whichever of the two comes first. Wrong is told as a sentence."""

    def __init__(self) -> None:
        self._documents: dict[str, tuple[Fact, int]] = {}
        self._early: dict[str, int] = {}
        self._posted: set[str] = set()

    def document(self, fact: Fact, amount_minor: int) -> str | None:
        """A goods issue, an invoice or a payment of that amount."""
        entity = fact.entity
        early = self._early.pop(entity, None)
        if early is not None:
            return _differ(entity, amount_minor, early)
        if entity in self._posted or entity in self._documents:
            return f"{entity} was written twice"
        self._documents[entity] = (fact, amount_minor)
        return None

    def entry(self, fact: Fact) -> str | None:
        """A journal entry."""
        debit_minor = credit_minor = 0
        for leg in fact.data["entries"]:
            debit_minor += leg["debit_minor"]
            credit_minor += leg["credit_minor"]
        document = fact.data["document"]
        repeated = document in self._posted
        self._posted.add(document)
        waiting = self._documents.pop(document, None)
        if debit_minor != credit_minor:
            return f"{fact.entity} debits {debit_minor} and credits {credit_minor}"
        if repeated:
            return f"{fact.entity} posts {document} a second time"
        if waiting is None:
            self._early[document] = debit_minor
            return None
        return _differ(document, waiting[1], debit_minor)

    def unposted(self) -> list[Fact]:
        """Documents without an entry."""
        return [fact for fact, _ in self._documents.values()]


def _differ(document: str, amount_minor: int, posted_minor: int) -> str | None:
    if amount_minor == posted_minor:
        return None
    return f"{document} is for {amount_minor}, its journal entry for {posted_minor}"
