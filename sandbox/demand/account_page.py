"""An account as a person reads it: tables on the terminal, or plain text."""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from sandbox.demand.accounting import Accounting, Tally, lines_of

_TEXT_WIDTH = 140


def account_table(account: Accounting, minor_digits: int = 2) -> Group:
    """What became of every line, what was noticed besides, and what was derived, for a Rich console."""
    returned = account.lines("returned")
    head = Text(
        f"{account.source}: {account.rows:,} lines of {account.orders_seen:,} orders; "
        f"{account.lines_taken - returned:,} lines make {account.orders:,} orders"
        + (f", {returned:,} give something back" if returned else "")
    )
    landed = _table("What became of every line", account, minor_digits)
    _fill(landed, "taken", account.taken, minor_digits)
    _fill(landed, "set aside", account.set_aside, minor_digits)
    landed.add_section()
    total = f"{lines_of(account.taken) + lines_of(account.set_aside):,}"
    landed.add_row("", "all", total, "", "", "every line is in exactly one category", "")
    parts: list[Table | Text] = [head, landed]
    if account.traits:
        noticed = _table("Noticed besides (a line may show several, or none)", account, minor_digits)
        _fill(noticed, "", account.traits, minor_digits)
        parts.append(noticed)
    parts += [Text(f"- {sentence}") for sentence in account.derived]
    return Group(*parts)


def account_text(account: Accounting, minor_digits: int = 2) -> str:
    """The same as plain text."""
    page = StringIO()
    Console(file=page, width=_TEXT_WIDTH, color_system=None, force_terminal=False).print(
        account_table(account, minor_digits)
    )
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


def _table(title: str, account: Accounting, minor_digits: int) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    table.add_column("category")
    table.add_column("lines", justify="right")
    table.add_column("units", justify="right")
    table.add_column(f"value, {account.currency}", justify="right")
    table.add_column("what it is", overflow="fold")
    table.add_column("e.g. line", justify="right")
    return table


def _fill(table: Table, label: str, tallies: Iterable[Tally], minor_digits: int) -> None:
    for tally in tallies:
        table.add_row(
            label,
            tally.name.replace("_", " "),
            f"{tally.lines:,}",
            f"{tally.units:,}",
            _money(tally.value_minor, minor_digits),
            tally.meaning,
            str(tally.examples[0].line) if tally.examples else "",
        )


def _money(minor: int, digits: int) -> str:
    whole, rest = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole:,}.{rest:0{digits}d}" if digits else f"{sign}{whole:,}"
