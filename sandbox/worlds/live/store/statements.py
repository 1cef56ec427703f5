"""The SQL that the store sends, made once from the schema: the hot path hands finished text to the driver."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql.elements import BindParameter, ColumnElement

from sandbox.worlds.live.store.database import Search
from sandbox.worlds.live.store.schema import KEY, index_column

AFTER: Final = sa.bindparam("after", type_=KEY)
VALUE: Final = sa.bindparam("value", type_=sa.Text)
MOST: Final = sa.bindparam("most", type_=sa.BigInteger)
# Said outright, for SQLite would ask for it as a parameter.
_NONE_LEFT_OUT: Final[ColumnElement[int]] = sa.literal_column("0")


class Statement(NamedTuple):
    """SQL in the driver's own words, and the names of its parameters in their order."""

    sql: str
    parameters: tuple[str, ...]


def compiled(clause: Any, dialect: sa.Dialect) -> Statement:
    """A statement for this dialect, whose parameters are positional."""
    made = clause.compile(dialect=dialect)
    return Statement(str(made), tuple(made.positiontup or ()))


def search_statement(table: sa.Table, index: str | None, *, with_rows: bool) -> Any:
    """Select the rows of a search, or their keys and versions; takes `value` (with an index), `after` and `most`."""
    columns = (table.c.key, table.c.version, table.c.row) if with_rows else (table.c.key, table.c.version)
    select = sa.select(*columns).where(table.c.key > AFTER).order_by(table.c.key).limit(MOST).offset(_NONE_LEFT_OUT)
    return select if index is None else select.where(table.c[index_column(index)] == VALUE)


def arguments(statement: Statement, search: Search) -> list[Any]:
    """A search's parameters in the order of the statement."""
    named = {"value": search.value, "after": search.after, "most": search.most}
    return [named[name] for name in statement.parameters]


def bound(column: sa.Column[Any]) -> BindParameter[Any]:
    """A parameter of the name and type of a column."""
    return sa.bindparam(column.name, type_=column.type)


def replaced(excluded: Any, table: sa.Table) -> dict[str, ColumnElement[Any]]:
    """What an insert sets where the key is there already: all other columns."""
    return {column.name: excluded[column.name] for column in table.columns if column.name != "key"}
