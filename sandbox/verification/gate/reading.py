"""The gate's book, read whole: a team's history is some thousand rows, and each document is kept once."""

from __future__ import annotations

import json

import sqlalchemy as sa

from sandbox.verification.gate import tables
from sandbox.verification.gate.model import Book, Deployment, Described, Environment, Published, Result, Version
from sandbox.verification.outcome import Check, Verdict


def read_book(connection: sa.Connection) -> Book:
    """All that is recorded, in the order in which it was."""
    named = list(connection.execute(sa.select(tables.pacticipants).order_by(tables.pacticipants.c.name)))
    return Book(
        versions=tuple(
            Version(row.pacticipant, row.number, row.branch, row.id, row.at_us)
            for row in connection.execute(sa.select(tables.versions).order_by(tables.versions.c.id))
        ),
        main_branches={row.name: row.main_branch for row in named if row.main_branch},
        vendors=frozenset(row.name for row in named if row.vendor),
        pacts=tuple(
            Published(row.consumer, row.version, row.provider, row.content_hash, row.text_hash, row.file)
            for row in connection.execute(sa.select(tables.pacts).order_by(tables.pacts.c.id))
        ),
        documents=tuple(
            Described(row.provider, row.version, row.family, row.text_hash, row.file)
            for row in connection.execute(sa.select(tables.documents).order_by(tables.documents.c.id))
        ),
        results=tuple(map(_result, connection.execute(sa.select(tables.results).order_by(tables.results.c.id)))),
        deployments=_deployments(connection),
        environments=tuple(
            Environment(row.name, row.production)
            for row in connection.execute(sa.select(tables.environments).order_by(tables.environments.c.name))
        ),
        texts={row.hash: row.text for row in connection.execute(sa.select(tables.texts))},
    )


def _deployments(connection: sa.Connection) -> tuple[Deployment, ...]:
    table = tables.deployments
    there = sa.select(table).where(table.c.until_us.is_(None)).order_by(table.c.id)
    return tuple(
        Deployment(row.pacticipant, row.version, row.environment, row.instance, row.released)
        for row in connection.execute(there)
    )


def _result(row: sa.Row[tuple[object, ...]]) -> Result:
    return Result(
        row.id, Check(row.check), row.provider, row.version, row.consumer, row.content_hash, Verdict(row.verdict),
        row.tested, row.not_tested, tuple(json.loads(row.findings)), row.at_us,
    )  # fmt: skip
