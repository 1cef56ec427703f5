"""The gate's tables, the same in SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from sandbox.errors import InputError

LAYOUT: Final = 1
"""Which arrangement of tables this is: a database with another one is refused."""

metadata: Final = sa.MetaData()


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True)


def _at() -> sa.Column[int]:
    return sa.Column("at_us", sa.BigInteger, nullable=False)


def _text(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=optional)


layout: Final = sa.Table(
    "gate_layout", metadata, sa.Column("number", sa.Integer, primary_key=True, autoincrement=False)
)
pacticipants: Final = sa.Table(
    "gate_pacticipants",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _text("main_branch", optional=True),
    sa.Column("vendor", sa.Boolean, nullable=False, server_default=sa.false()),
)
versions: Final = sa.Table(
    "gate_versions", metadata, _id(), _text("pacticipant"), _text("number"), _text("branch", optional=True), _at(),
    sa.UniqueConstraint("pacticipant", "number"),
)  # fmt: skip
texts: Final = sa.Table("gate_texts", metadata, sa.Column("hash", sa.Text, primary_key=True), _text("text"))
pacts: Final = sa.Table(
    "gate_pacts", metadata, _id(), _text("consumer"), _text("version"), _text("provider"), _text("content_hash"),
    _text("text_hash"), _text("file"), _at(),
    sa.UniqueConstraint("consumer", "version", "provider", "content_hash"),
)  # fmt: skip
documents: Final = sa.Table(
    "gate_documents", metadata, _id(), _text("provider"), _text("version"), _text("family"), _text("text_hash"),
    _text("file"), _at(),
    sa.UniqueConstraint("provider", "version", "family"),
)  # fmt: skip
results: Final = sa.Table(
    "gate_results", metadata, _id(), _text("check"), _text("provider"), _text("version"),
    _text("consumer", optional=True), _text("content_hash", optional=True), _text("verdict"),
    sa.Column("tested", sa.Integer, nullable=False), sa.Column("not_tested", sa.Integer, nullable=False),
    _text("findings"), _at(),
    sa.Index("gate_results_by_version", "provider", "version"),
)  # fmt: skip
environments: Final = sa.Table(
    "gate_environments", metadata, sa.Column("name", sa.Text, primary_key=True),
    sa.Column("production", sa.Boolean, nullable=False),
)  # fmt: skip
deployments: Final = sa.Table(
    "gate_deployments", metadata, _id(), _text("pacticipant"), _text("version"), _text("environment"),
    _text("instance"), sa.Column("released", sa.Boolean, nullable=False), _at(),
    sa.Column("until_us", sa.BigInteger, nullable=True),
    sa.Index("gate_deployments_by_environment", "environment", "until_us"),
)  # fmt: skip


def create(connection: sa.Connection) -> None:
    """Make what is missing, in the connection's transaction. Raises InputError for a database of another layout."""
    metadata.create_all(connection)
    found = list(connection.scalars(sa.select(layout.c.number)))
    if not found:
        connection.execute(sa.insert(layout).values(number=LAYOUT))
    elif found != [LAYOUT]:
        raise InputError(
            f"the database has layout {found[0]} and this version needs {LAYOUT}", remedy="take an empty one"
        )
