"""The statements for PostgreSQL: arrays of keys in, so that one text serves any number of rows."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import asyncpg as driver

from sandbox.worlds.live.store.database import Search
from sandbox.worlds.live.store.schema import KEY, Schema
from sandbox.worlds.live.store.statements import Statement, bound, compiled, replaced, search_statement

KEYS: Final = postgresql.ARRAY(KEY)


class PostgresSql:
    """Statements by table, made when they are first asked for where there are many of them.

    `tick` locks the clock and gives the next version; `put` takes keys, one version, texts and a list for each index;
    `delete` takes keys; `last` takes a store, and `keep` a store, its commit's number and its version.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        clock, commits = schema.clock, schema.commits
        self.tick = _sql(
            sa.update(clock).values(version=clock.c.version + sa.literal_column("1")).returning(clock.c.version)
        )
        self.last = _sql(sa.select(commits.c.last).where(commits.c.store == bound(commits.c.store)))
        self.keep = _sql(_keep(commits), "store", "last", "version")
        self.put = {name: _put(table) for name, table in schema.tables.items()}
        self.delete = {name: _delete(table) for name, table in schema.tables.items()}
        self._rows: dict[tuple[str, ...], str] = {}
        self._versions: dict[tuple[str, ...], str] = {}
        self._searches: dict[tuple[str, str | None, bool], Statement] = {}

    def rows(self, tables: tuple[str, ...]) -> str:
        """Select the table's place in `tables`, key, version and text; takes a list of keys for each table."""
        sql = self._rows.get(tables)
        if sql is None:
            sql = self._rows[tables] = self._union(tables, with_rows=True)
        return sql

    def versions(self, tables: tuple[str, ...]) -> str:
        """The same without the text."""
        sql = self._versions.get(tables)
        if sql is None:
            sql = self._versions[tables] = self._union(tables, with_rows=False)
        return sql

    def search(self, search: Search, *, with_rows: bool) -> Statement:
        """The statement for a search like this one."""
        known = (search.table.name, search.index, with_rows)
        statement = self._searches.get(known)
        if statement is None:
            table = self._schema.tables[search.table.name]
            made = search_statement(table, search.index, with_rows=with_rows)
            statement = self._searches[known] = compiled(made, _DIALECT)
        return statement

    def _union(self, tables: tuple[str, ...], *, with_rows: bool) -> str:
        selects = []
        for n, name in enumerate(tables):
            table = self._schema.tables[name]
            columns = (table.c.key, table.c.version, table.c.row) if with_rows else (table.c.key, table.c.version)
            wanted = table.c.key == sa.any_(sa.bindparam(f"keys{n}", type_=KEYS))
            selects.append(sa.select(sa.literal_column(str(n)), *columns).where(wanted))
        return _sql(sa.union_all(*selects), *(f"keys{n}" for n in range(len(tables))))


def _sql(clause: Any, *parameters: str) -> str:
    """The text of a statement, which takes these parameters in this order."""
    statement = compiled(clause, _DIALECT)
    assert not parameters or statement.parameters == parameters, f"{statement} takes its parameters in another order"
    return statement.sql


def _put(table: sa.Table) -> str:
    """Lists beside each other become rows; all have the one version."""
    names = [column.name for column in table.columns]
    given = [bound(column) if column.name == "version" else sa.func.unnest(_listed(column)) for column in table.columns]
    insert = postgresql.insert(table).from_select(names, sa.select(*given))
    put = insert.on_conflict_do_update(index_elements=["key"], set_=replaced(insert.excluded, table))
    return _sql(put, *names)


def _listed(column: sa.Column[Any]) -> Any:
    return sa.bindparam(column.name, type_=postgresql.ARRAY(column.type))


def _delete(table: sa.Table) -> str:
    return _sql(sa.delete(table).where(table.c.key == sa.any_(sa.bindparam("keys", type_=KEYS))), "keys")


def _keep(commits: sa.Table) -> Any:
    insert = postgresql.insert(commits).values({column.name: bound(column) for column in commits.columns})
    return insert.on_conflict_do_update(
        index_elements=["store"], set_={"last": insert.excluded.last, "version": insert.excluded.version}
    )


_DIALECT: Final = driver.PGDialect_asyncpg()  # type: ignore[no-untyped-call]
