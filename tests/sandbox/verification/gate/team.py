"""A team that records: a shop and labels that use an ERP."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from sandbox.verification.gate.answers import Verdict
from sandbox.verification.gate.asking import Question, ask
from sandbox.verification.gate.database import Database
from sandbox.verification.gate.model import Book
from sandbox.verification.gate.reading import read_book
from sandbox.verification.gate.recording import Recorder
from sandbox.verification.outcome import Check, Finding, Outcome
from sandbox.verification.outcome import Verdict as Came
from sandbox.verification.pacts_against_openapi.pact_file import parse_pact
from tests.sandbox.verification.pacts_against_openapi.vendor import document, pact_of, reading

ORDER = {"id": "O-1", "status": "open", "total": 9.5, "lines": [{"sku": "A", "quantity": 2}]}
READS_ALL = reading(ORDER)
READS_STATUS = reading({"id": "O-1", "status": "open"})
PRODUCTION = "production"


class Team:
    """Records into a database, a second after each other."""

    def __init__(self, database: Database) -> None:
        self.database, self.now_us = database, 0
        self.write(lambda recorder: recorder.environment(PRODUCTION, True))

    def write(self, work: Any) -> None:
        """Do something with a recorder."""
        self.now_us += 1_000_000

        def transaction(connection: sa.Connection) -> None:
            work(Recorder(connection, self.now_us))

        self.database.transact(transaction)

    def consumer(
        self, name: str, version: str, *interactions: Any, provider: str = "erp", branch: str = "main"
    ) -> None:
        """Publish a version of a consumer with one pact."""
        text = json.dumps(pact_of(*interactions, consumer=name, provider=provider), indent=1)
        pact = parse_pact(text, f"pacts/{name}-{provider}.json")
        self.write(lambda recorder: recorder.version(name, version, branch, "main"))
        self.write(lambda recorder: recorder.consumer(version, [(pact, text)], branch))

    def provider(self, version: str, told: Any = None, *, name: str = "erp", branch: str = "main") -> None:
        """Publish a version of a provider, with a document where one is given."""
        self.write(lambda recorder: recorder.version(name, version, branch, "main"))
        if told is not None:
            text = json.dumps(told, indent=1)
            self.write(lambda recorder: recorder.provider(name, version, "http", text, f"openapi/{name}.json"))

    def vendor(self) -> None:
        """The ERP's vendor will never verify a pact."""
        self.write(lambda recorder: recorder.vendor("erp"))

    def verified(
        self, consumer: str, version: str, against: str, came: Came = Came.PASS, provider: str = "erp"
    ) -> None:
        """Record a verification."""
        findings = [] if came is Came.PASS else [Finding(message="total was missing")]
        outcome = Outcome(
            check=Check.PACT, subject=f"{consumer}->{provider}", verdict=came, tested=1, findings=findings,
            versions={consumer: version, provider: against},
        )  # fmt: skip
        self.write(lambda recorder: recorder.result(outcome))

    def checked(self, check: Check, version: str, came: Came, provider: str = "erp") -> None:
        """Record a check of a version by itself."""
        outcome = Outcome(check=check, subject=provider, verdict=came, tested=3, versions={provider: version})
        self.write(lambda recorder: recorder.result(outcome))

    def deployed(self, name: str, version: str, instance: str = "") -> None:
        """Record a deployment to production."""
        self.write(lambda recorder: recorder.deployment(name, version, PRODUCTION, instance))

    @property
    def book(self) -> Book:
        """All that is recorded."""
        return self.database.transact(read_book)

    def ask(self, name: str, version: str, **more: Any) -> Verdict:
        """Whether a version may go to production."""
        return ask(self.book, Question(PRODUCTION, {name: version}, **more))[0]


def without(*path: str) -> dict[str, Any]:
    """The vendor's document without one of the order's properties."""
    told = document()
    order = told["components"]["schemas"]["Order"]
    for name in path:
        del order["properties"][name]
        order["required"] = [one for one in order["required"] if one != name]
    return told
