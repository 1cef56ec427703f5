"""The page of a rehearsal, for those who decide whether the new version may come."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sandbox.errors import InputError
from sandbox.reporting.templates import rendered
from sandbox.reporting.wording import length, moment, money
from sandbox.verification.outcome import Verdict
from sandbox.verification.rehearsal.blast import Orders
from sandbox.verification.rehearsal.impact import Impact
from sandbox.verification.rehearsal.rehearsal import Rehearsal
from sandbox.whole_files import write_whole

REHEARSAL_PAGE: Final = "rehearsal.html.j2"


def write_page(found: Rehearsal, path: Path) -> None:
    """Write it, whole or not at all. Raises InputError where it cannot be written, or a template is wrong."""
    assert found.whole is not None, "nothing was rehearsed"
    values = {"found": found, "whole": found.whole, "headline": headline(found)}
    words = {"orders": orders_in_words, "first": first_exception, "healing": healing_in_words, "moment_of": moment}
    page = rendered({**values, **words}, REHEARSAL_PAGE)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, page)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=str(path), remedy="name another file") from None


def headline(found: Rehearsal) -> str:
    """The result in one sentence without its full stop."""
    whole = found.whole
    if whole is None or not whole.breaks:
        if found.verdict is Verdict.FAIL:
            return "nothing breaks where all come at once, and something where one comes alone"
        tried = found.verdict is Verdict.PASS or found.stopped
        return "nothing breaks" if tried else "nothing was tried, so nobody knows what breaks"
    blast = whole.blast
    what = f"{', '.join(whole.flows)} break" if whole.flows else "no flow breaks, but people are called"
    return f"{what}: {orders_in_words(blast.stuck)} stuck, {orders_in_words(blast.lost)} never done"


def orders_in_words(orders: Orders) -> str:
    """`71 orders (6,338.70 GBP)`."""
    value = ", ".join(money(minor, currency) for currency, minor in orders.value_minor.items())
    return f"{orders.count:,} {'order' if orders.count == 1 else 'orders'}" + (f" ({value})" if value else "")


def first_exception(impact: Impact) -> str:
    """How long after the change the first exception came; empty where none did."""
    minutes = impact.minutes_to_exception
    return "" if minutes is None else length(minutes * 60_000_000)


def healing_in_words(whole: Impact) -> str:
    """Whether it healed, when, and what is left to be done."""
    caught_up_us = whole.blast.caught_up_us
    if not whole.rolled_back:
        told = "It is not rolled back"
    elif caught_up_us is None:
        told = "It does not heal after roll-back"
    elif caught_up_us <= whole.until_us:
        told = "No order is behind after roll-back"
    else:
        told = f"All orders catch up, the last one {length(caught_up_us - whole.until_us)} after roll-back"
    if whole.replayed:
        told += f"; people had {whole.replayed} things tried again"
    return told + (f". Left to do by hand: {'; '.join(whole.left)}" if whole.left else "")
