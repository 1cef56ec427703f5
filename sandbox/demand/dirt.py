"""The kinds of dirty line, and where a line that shows several of them lands.

A line's traits are bits. It lands in the first kind of `KINDS` that it shows and that the mapping does not
take; one that shows none is taken. So each line is in exactly one category, and the traits are counted besides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from sandbox.demand.accounting import Accounting, Example, Tally
from sandbox.demand.mapping import DirtyLines

BLANK = 1
UNREADABLE = 1 << 1
OUTSIDE = 1 << 2
CANCELLATION = 1 << 3
ADJUSTMENT = 1 << 4
DUPLICATE = 1 << 5
NO_ITEM = 1 << 6
PRICE = 1 << 7
BOUND = 1 << 8
GUEST = 1 << 9
MERGED = 1 << 10
LETTER_CASE = 1 << 11
ROUNDED = 1 << 12
NO_NAME = 1 << 13
COUNTRY = 1 << 14
HEADER = 1 << 15
SAME_ITEM = 1 << 16
RETURNED = 1 << 17
UNMATCHED = 1 << 18

_EXAMPLES = 3


class Kind(NamedTuple):
    """One kind of dirt, as the account names it."""

    bit: int
    name: str
    meaning: str


KINDS = (
    Kind(BLANK, "blank", "an empty line"),
    Kind(UNREADABLE, "unreadable", "a value that could not be read"),
    Kind(OUTSIDE, "outside_window", "of an order that begins outside the time asked for"),
    Kind(
        UNMATCHED, "cancellation_unmatched", "gives back what its customer had not bought before, or not so much of it"
    ),
    Kind(CANCELLATION, "cancellation", "cancelled, or cancels an earlier order"),
    Kind(ADJUSTMENT, "adjustment", "a quantity of zero or less on no cancellation: a warehouse adjustment"),
    Kind(DUPLICATE, "exact_duplicate", "repeats an earlier line to the letter"),
    Kind(NO_ITEM, "no_item", "a code that is no stocked item: postage, fees, vouchers"),
    Kind(PRICE, "price_zero_or_less", "a price of zero or less"),
    Kind(BOUND, "quantity_above", "a quantity above the bound"),
    Kind(GUEST, "without_customer", "no customer"),
)
TRAITS = (
    *KINDS[3:],
    Kind(LETTER_CASE, "letter_case", "a code that differs from an earlier one in letter case alone: unified"),
    Kind(ROUNDED, "price_rounded", "a price finer than the minor unit: rounded"),
    Kind(NO_NAME, "without_name", "no item name"),
    Kind(COUNTRY, "country_assumed", "a country that is none, or blank: assumed as the mapping says"),
    Kind(HEADER, "header_differs", "time, customer or country differ from the order's first line, which counts"),
    Kind(SAME_ITEM, "same_item", "an item that the order has on an earlier line, too"),
)
_ACCEPTED = Kind(0, "accepted", "a line of an account's order")
_AS_GUEST = Kind(GUEST, "accepted_as_guest", "a line without a customer: a guest's order, paid by card")
_MERGED = Kind(MERGED, "merged", "added to an earlier line of the order: same item, same price")
_RETURNED = Kind(RETURNED, "returned", "gives back what its customer had bought before: replayed as a return")
_TAKEN = (_ACCEPTED, _AS_GUEST, _MERGED, _RETURNED)
_NEVER_TAKEN = BLANK | UNREADABLE | OUTSIDE | UNMATCHED | CANCELLATION | ADJUSTMENT | NO_ITEM | PRICE


def untaken(dirty: DirtyLines) -> int:
    """The traits, as bits, that keep a line out of the demand."""
    bits = _NEVER_TAKEN
    if dirty.exact_duplicate != "keep":
        bits |= DUPLICATE
    if dirty.quantity_above is not None and dirty.quantity_above.then != "keep":
        bits |= BOUND
    if dirty.without_customer != "guest":
        bits |= GUEST
    return bits


def refused(dirty: DirtyLines) -> dict[int, Kind]:
    """The kinds at which the import stops, by their bit."""
    choices = dirty.model_dump()
    choices["quantity_above"] = dirty.quantity_above.then if dirty.quantity_above is not None else "keep"
    return {kind.bit: kind for kind in KINDS if choices.get(kind.name) == "refuse"}


@dataclass(slots=True)
class _Count:
    lines: int = 0
    units: int = 0
    value_minor: int = 0
    examples: list[Example] = field(default_factory=list)


class LineBook:
    """Counts lines by the whole of their traits, from which categories and traits both follow."""

    def __init__(self, dirty: DirtyLines, delimiter: str = ",") -> None:
        self.untaken = untaken(dirty)
        self._delimiter = delimiter
        self.rows = 0
        self._counts: dict[int, _Count] = {}

    def add(self, traits: int, units: int, value_minor: int, line: int, row: list[str]) -> None:
        """Enter one line of the source."""
        count = self._counts.get(traits)
        if count is None:
            count = self._counts[traits] = _Count()
        self.rows += 1
        count.lines += 1
        count.units += units
        count.value_minor += value_minor
        if count.lines <= _EXAMPLES:
            count.examples.append(Example(line, self._delimiter.join(row)[:160]))

    def category(self, traits: int) -> Kind:
        """Where a line with these traits lands."""
        if traits & RETURNED:
            return _RETURNED
        kept_out = traits & self.untaken
        if kept_out:
            return next(kind for kind in KINDS if kind.bit & kept_out)
        return next((kind for kind in (_MERGED, _AS_GUEST) if kind.bit & traits), _ACCEPTED)

    def account(
        self, source: str, currency: str, orders_seen: int, orders: int, derived: tuple[str, ...]
    ) -> Accounting:
        """What became of every line."""
        landed = {traits: self.category(traits) for traits in self._counts}
        return Accounting(
            source=source,
            currency=currency,
            rows=self.rows,
            orders_seen=orders_seen,
            orders=orders,
            taken=self._tallies(_TAKEN, landed),
            set_aside=self._tallies(KINDS, landed),
            traits=tuple(
                tally
                for kind in TRAITS
                if (tally := self._tally(kind, [t for t in self._counts if t & kind.bit])).lines
            ),
            derived=derived,
        )

    def _tallies(self, kinds: tuple[Kind, ...], landed: dict[int, Kind]) -> tuple[Tally, ...]:
        tallies = (self._tally(kind, [t for t, where in landed.items() if where is kind]) for kind in kinds)
        return tuple(tally for tally in tallies if tally.lines)

    def _tally(self, kind: Kind, members: list[int]) -> Tally:
        counts = [self._counts[traits] for traits in members]
        examples = sorted((e for count in counts for e in count.examples), key=lambda e: e.line)
        return Tally(
            kind.name,
            kind.meaning,
            sum(count.lines for count in counts),
            sum(count.units for count in counts),
            sum(count.value_minor for count in counts),
            tuple(examples[:_EXAMPLES]),
        )
