"""The database's tables: one for each table of the port, and two that order the commits.

A row of the port is its key, the version of the commit that wrote it, its JSON, and a column for each indexed field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from sandbox.core.ports import Table

# Keys sort by code points in every database, as they do in Python.
KEY: Final = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
LAYOUT: Final = 1
"""Which arrangement of tables this is: a database that has another is refused at the start."""


@dataclass(frozen=True)
class Schema:
    """All tables: the port's by name, and those of the commits.

    `clock` has one row. A commit holds it locked from its beginning to its end, and takes the next version from it.
    `commits` tells of each store that is open which of its commits was the last.
    """

    metadata: sa.MetaData
    tables: dict[str, sa.Table]
    clock: sa.Table
    commits: sa.Table


def schema_of(tables: Sequence[Table]) -> Schema:
    """The schema for these tables of the port. Raises ValueError when one is declared twice."""
    metadata = sa.MetaData()
    ours: dict[str, sa.Table] = {}
    for table in tables:
        if table.name in ours:
            raise ValueError(f"table {table.name!r} is declared twice")
        ours[table.name] = _table(metadata, table)
    clock = sa.Table(
        "store_clock",
        metadata,
        sa.Column("layout", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    commits = sa.Table(
        "store_commits",
        metadata,
        sa.Column("store", sa.Text, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    return Schema(metadata, ours, clock, commits)


def index_column(field: str) -> str:
    """The name of the column that holds an indexed field."""
    return f"by_{field}"


def create(schema: Schema, connection: sa.Connection) -> None:
    """Make what is missing, in the connection's transaction. Raises ValueError for a database of another layout."""
    schema.metadata.create_all(connection)
    layouts = list(connection.scalars(sa.select(schema.clock.c.layout)))
    if not layouts:
        connection.execute(sa.insert(schema.clock).values(layout=LAYOUT, version=0))
    elif layouts != [LAYOUT]:
        raise ValueError(f"the database has layout {layouts[0]} and this version needs {LAYOUT}: take an empty one")
    inspector = sa.inspect(connection)
    for name, table in schema.tables.items():
        found = {column["name"] for column in inspector.get_columns(name)}
        missing = [column.name for column in table.columns if column.name not in found]
        if missing:
            raise ValueError(
                f"table {name!r} has no column {', '.join(missing)}: it is another version's; take an empty database"
            )


def _table(metadata: sa.MetaData, table: Table) -> sa.Table:
    indexed = [sa.Column(index_column(field), sa.Text) for field in table.indexes]
    made = sa.Table(
        table.name,
        metadata,
        sa.Column("key", KEY, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("row", sa.Text, nullable=False),
        *indexed,
    )
    for column in indexed:
        sa.Index(f"{table.name}_{column.name}", column, made.c.key)
    return made
