"""What is written into the gate's book: versions, pacts, documents, results, deployments. Nothing is ever taken out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from sandbox.errors import InputError, did_you_mean
from sandbox.verification.gate import tables
from sandbox.verification.outcome import Check, Outcome
from sandbox.verification.pacts_against_openapi.pact_file import Pact


class Recorder:
    """Writes in one transaction. `now_us` is the wall's time in microseconds UTC."""

    def __init__(self, connection: sa.Connection, now_us: int) -> None:
        self._connection, self._now_us = connection, now_us

    def version(self, pacticipant: str, number: str, branch: str | None, main_branch: str | None = None) -> None:
        """A version, and its branch where one is told; the pacticipant's main branch where that is told."""
        known = {"main_branch": main_branch} if main_branch else {}
        self._put(tables.pacticipants, {"name": pacticipant, **known}, ("name",), tuple(known))
        told = {"branch": branch} if branch else {}
        row = {"pacticipant": pacticipant, "number": number, "at_us": self._now_us, **told}
        self._put(tables.versions, row, ("pacticipant", "number"), tuple(told))

    def vendor(self, pacticipant: str) -> None:
        """A provider that is recorded will never verify pacts: its documents count instead."""
        named = tables.pacticipants.c.name == pacticipant
        self._connection.execute(sa.update(tables.pacticipants).where(named).values(vendor=True))

    def consumer(self, version: str, pacts: Sequence[tuple[Pact, str]], branch: str | None = None) -> None:
        """A version of a consumer with all its pacts and their texts.

        Raises InputError where this version has another pact with one of the providers already.
        """
        for name in dict.fromkeys(pact.consumer for pact, _ in pacts):
            self.version(name, version, branch)
        for key in dict.fromkeys((pact.consumer, pact.provider) for pact, _ in pacts):
            self._unchanged(
                *key, version, {one.content_hash for one, _ in pacts if (one.consumer, one.provider) == key}
            )
        for pact, text in pacts:
            row = {
                "consumer": pact.consumer, "version": version, "provider": pact.provider,
                "content_hash": pact.content_hash, "text_hash": self._text(text),
                "file": pact.root.document.file, "at_us": self._now_us,
            }  # fmt: skip
            self._put(tables.pacts, row, ("consumer", "version", "provider", "content_hash"), ())

    def _unchanged(self, consumer: str, provider: str, version: str, hashes: set[str]) -> None:
        table = tables.pacts
        mine = (table.c.consumer == consumer) & (table.c.version == version) & (table.c.provider == provider)
        known = set(self._connection.scalars(sa.select(table.c.content_hash).where(mine)))
        if known and known != hashes:
            raise InputError(
                f"{consumer} {version} has another pact with {provider} already",
                remedy="a version's pacts never change: publish a new version",
            )

    def provider(self, name: str, version: str, family: str, text: str, file: str) -> None:
        """The document of a provider's version, whose version is recorded. A corrected one takes its place."""
        row = {
            "provider": name, "version": version, "family": family, "text_hash": self._text(text), "file": file,
            "at_us": self._now_us,
        }  # fmt: skip
        self._put(tables.documents, row, ("provider", "version", "family"), ("text_hash", "file", "at_us"))

    def result(self, outcome: Outcome, hashes: Sequence[str] = (), branch: str | None = None) -> int:
        """A check's result, with the version of its provider; for pacts given by content, of those. How many were kept.

        Raises InputError where a version is missing, or the consumer's version has no pact that is known.
        """
        consumer, provider = parties(outcome)
        version = outcome.versions.get(provider)
        if version is None:
            raise InputError(
                f"the result does not tell the version of {provider}", field="versions",
                remedy=f"say it: --version {provider}=…",
            )  # fmt: skip
        self.version(provider, version, branch)
        about: Sequence[str | None] = [None]
        if outcome.check is Check.PACT:
            about = (
                hashes
                or _told_hash(outcome)
                or self._hashes(consumer or "", outcome.versions.get(consumer or ""), provider)
            )
        for content_hash in about:
            row: dict[str, Any] = {
                "check": outcome.check.value, "provider": provider, "version": version, "consumer": consumer,
                "content_hash": content_hash, "verdict": outcome.verdict.value, "tested": outcome.tested,
                "not_tested": outcome.not_tested, "at_us": self._now_us,
                "findings": json.dumps([one.model_dump(mode="json") for one in outcome.findings[:_KEPT]]),
            }  # fmt: skip
            self._connection.execute(sa.insert(tables.results).values(row))
        return len(about)

    def _hashes(self, consumer: str, version: str | None, provider: str) -> list[str]:
        if version is None:
            raise InputError(
                f"the result does not tell the version of {consumer}", field="versions",
                remedy=f"say it: --version {consumer}=…, or name the pact: --pact FILE",
            )  # fmt: skip
        table = tables.pacts
        mine = (table.c.consumer == consumer) & (table.c.version == version) & (table.c.provider == provider)
        found = list(self._connection.scalars(sa.select(table.c.content_hash).where(mine).order_by(table.c.id)))
        if not found:
            raise InputError(
                f"no pact of {consumer} {version} with {provider} is recorded",
                remedy="record it first: sandbox contracts record consumer --help",
            )
        return found

    def environment(self, name: str, production: bool) -> None:
        """An environment."""
        self._put(tables.environments, {"name": name, "production": production}, ("name",), ("production",))

    def deployment(self, pacticipant: str, version: str, environment: str, instance: str = "") -> None:
        """A version is in an environment from now on, in place of what was in this instance.

        Raises InputError for a version or an environment that is not known.
        """
        self._deploy(pacticipant, version, environment, instance, released=False)

    def release(self, pacticipant: str, version: str, environment: str) -> None:
        """A version is out, beside all those that are supported still. Raises InputError as `deployment` does."""
        self._deploy(pacticipant, version, environment, "", released=True)

    def _deploy(self, pacticipant: str, version: str, environment: str, instance: str, *, released: bool) -> None:
        self._known_environment(environment)
        numbers = sa.select(tables.versions.c.number).where(tables.versions.c.pacticipant == pacticipant)
        known = [str(number) for number in self._connection.scalars(numbers)]
        if version not in known:
            raise InputError(
                f"{pacticipant} {version} is not recorded", field="--version",
                remedy=did_you_mean(version, known) if known else "record its pacts or its document first",
            )  # fmt: skip
        there = self._there(pacticipant, environment, released) & (
            tables.deployments.c.version == version if released else tables.deployments.c.instance == instance
        )
        self._connection.execute(sa.update(tables.deployments).where(there).values(until_us=self._now_us))
        row = {
            "pacticipant": pacticipant, "version": version, "environment": environment, "instance": instance,
            "released": released, "at_us": self._now_us,
        }  # fmt: skip
        self._connection.execute(sa.insert(tables.deployments).values(row))

    def undeployment(self, pacticipant: str, environment: str, instance: str = "") -> None:
        """What is in an instance is no more. Raises InputError where nothing is."""
        self._end(self._there(pacticipant, environment, False) & (tables.deployments.c.instance == instance))

    def support_ended(self, pacticipant: str, version: str, environment: str) -> None:
        """A released version is no longer supported. Raises InputError where it was not."""
        self._end(self._there(pacticipant, environment, True) & (tables.deployments.c.version == version))

    def _end(self, where: sa.ColumnElement[bool]) -> None:
        ended = self._connection.execute(sa.update(tables.deployments).where(where).values(until_us=self._now_us))
        if not ended.rowcount:
            raise InputError("nothing of that is in this environment", remedy="see: sandbox contracts environments")

    def _there(self, pacticipant: str, environment: str, released: bool) -> sa.ColumnElement[bool]:
        table = tables.deployments
        return sa.and_(
            table.c.pacticipant == pacticipant, table.c.environment == environment,
            table.c.released == released, table.c.until_us.is_(None),
        )  # fmt: skip

    def _known_environment(self, name: str) -> None:
        known = list(self._connection.scalars(sa.select(tables.environments.c.name)))
        if name not in known:
            raise InputError(
                f"there is no environment {name!r}", field="--environment",
                remedy=did_you_mean(name, known) if known else f"make it: sandbox contracts record environment {name}",
            )  # fmt: skip

    def _text(self, text: str) -> str:
        text_hash = hashlib.sha256(text.encode()).hexdigest()
        self._put(tables.texts, {"hash": text_hash, "text": text}, ("hash",), ())
        return text_hash

    def _put(self, table: sa.Table, row: dict[str, Any], keys: tuple[str, ...], updated: tuple[str, ...]) -> None:
        """Insert a row, or set the columns `updated` of the one with these keys."""
        insert: Any = (sqlite if self._connection.dialect.name == "sqlite" else postgresql).insert(table).values(row)
        if updated:
            set_ = {name: insert.excluded[name] for name in updated}
            self._connection.execute(insert.on_conflict_do_update(index_elements=list(keys), set_=set_))
        else:
            self._connection.execute(insert.on_conflict_do_nothing(index_elements=list(keys)))


_KEPT = 200  # findings of one result; nobody reads more, and a fuzzed API may have thousands


def _told_hash(outcome: Outcome) -> list[str]:
    """The content that a verification says it was about, which is all that the consumer's version is needed for."""
    found = (outcome.model_extra or {}).get("content_hash")
    return [found] if isinstance(found, str) and found else []


def parties(outcome: Outcome) -> tuple[str | None, str]:
    """Consumer and provider of a result: `shop->erp`, or a system by itself. Raises InputError for a pact of one."""
    consumer, arrow, provider = outcome.subject.partition("->")
    if arrow and outcome.check is not Check.DIFF:
        return consumer.strip(), provider.strip()
    if outcome.check is Check.PACT:
        raise InputError(
            f"{outcome.subject!r} tells no pair", field="subject", remedy="it has to be consumer->provider"
        )
    return None, outcome.subject
