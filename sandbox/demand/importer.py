"""Reads an order history line by line and accounts for every line of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from sandbox.demand import dirt
from sandbox.demand.cancellations import Cancellations, GivenBack
from sandbox.demand.cells import Cells, Place, Price, Sku, Unreadable
from sandbox.demand.csv_rows import CsvFile
from sandbox.demand.mapping import HistoryMapping
from sandbox.demand.orders import DemandLine

_EVER = 1 << 62


class Window(NamedTuple):
    """Orders whose first line is timed in [`from_us`, `until_us`) are wanted."""

    from_us: int = -_EVER
    until_us: int = _EVER


@dataclass(slots=True)
class Draft:
    """An order while its lines are read; what its first line says of time, customer and country counts."""

    reference: str
    at_us: int
    customer: str | None
    country: str
    name: str
    postcode: str
    cancels: bool
    inside: bool
    lines: list[DemandLine] = field(default_factory=list)
    skus: set[str] = field(default_factory=set)


class _Line(NamedTuple):
    """The cells of a row that were read."""

    draft: Draft
    at_us: int
    customer: str | None
    place: Place
    sku: Sku
    quantity: int
    price: Price


class Importer:
    """One import: `read()`, then `drafts`, `book` and `names` tell what was in the file."""

    def __init__(self, path: Path, mapping: HistoryMapping, window: Window = Window()) -> None:  # noqa: B008
        self._mapping, self._window = mapping, window
        self._file = CsvFile(path, mapping.file)
        self._cells = Cells(mapping)
        self._pick = self._getter(("order", "time", "customer", "sku", "quantity", "price", "country", "name"))
        self._pick_header = self._getter(("customer_name", "postcode"))
        self._status = self._status_place()
        self._bound = mapping.dirty.quantity_above.bound if mapping.dirty.quantity_above else _EVER
        self._refused = dirt.refused(mapping.dirty)
        self._refused_bits = sum(self._refused)
        self._replays = mapping.dirty.cancellation == "return"
        self._given_back: list[tuple[GivenBack, int, int, int, list[str]]] = []
        self._merges = mapping.dirty.same_item == "merge"
        self._seen: set[bytes] = set()
        self._alike: dict[tuple[str, int, int], DemandLine] = {}
        self._as_written: dict[str, Draft] = {}
        self._by_reference: dict[str, Draft] = {}
        self.book = dirt.LineBook(mapping.dirty, mapping.file.delimiter)
        self.names: dict[tuple[str, str], int] = {}
        self.cancellations = Cancellations(self._by_reference.values())

    @property
    def drafts(self) -> Iterable[Draft]:
        """All orders that the file names, in the order in which it does, those without lines included."""
        return self._by_reference.values()

    @property
    def spellings_unified(self) -> int:
        """How many spellings of item codes were replaced by an earlier one."""
        return sum(sku.is_variant for sku in self._cells.skus.values())

    def lies_in(self, window: Window) -> bool:
        """Whether all orders that were read are timed in the window."""
        return all(window.from_us <= draft.at_us < window.until_us for draft in self.drafts)

    def read(self) -> None:
        """Read the whole file. Raises InputError for the first line that the mapping does not let pass."""
        width, enter = len(self._file.header), self._enter
        for number, row in self._file:
            if len(row) == width:
                enter(number, row)
            elif not row:
                self.book.add(dirt.BLANK, 0, 0, number, row)
            elif dirt.UNREADABLE in self._refused:
                raise self._file.broken(row, number)
            else:
                self.book.add(dirt.UNREADABLE, 0, 0, number, row)
        self._match_cancellations()

    def _match_cancellations(self) -> None:
        """Once all purchases are known: lines that give something back are taken as returns, or not at all."""
        matched = self.cancellations.match([given for given, *_ in self._given_back])
        for (given, traits, value_minor, number, row), is_return in zip(self._given_back, matched, strict=True):
            found = dirt.RETURNED if is_return else dirt.UNMATCHED
            self.book.add(traits | found, -given.quantity, value_minor, number, row)
        self._given_back.clear()

    def _enter(self, number: int, row: list[str]) -> None:
        picked = self._pick((*row, ""))
        try:
            line = self._line(row, picked)
        except Unreadable:
            self._unreadable(number, row, picked)
            return
        traits = self._traits(row, line, picked[7]) if line.draft.inside else dirt.OUTSIDE
        if traits & self._refused_bits:
            self._refuse(traits, number)
        if (
            self._replays
            and traits & self.book.untaken == dirt.CANCELLATION
            and self._keep_for_matching(line, traits, number, row)
        ):
            return
        if not traits & self.book.untaken:
            traits |= self._take(line, picked[7])
        self.book.add(traits, line.quantity, line.quantity * line.price.minor, number, row)

    def _keep_for_matching(self, line: _Line, traits: int, number: int, row: list[str]) -> bool:
        """Whether the line may be a return: of an account's, in a cancelling order."""
        draft, quantity = line.draft, -line.quantity
        if not draft.cancels or quantity <= 0:
            return False
        value_minor = -quantity * line.price.minor
        if draft.customer is None:
            self.book.add(traits | dirt.UNMATCHED, -quantity, value_minor, number, row)
            return True
        given = GivenBack(draft.reference, draft.at_us, draft.customer, line.sku.sku, quantity)
        self._given_back.append((given, traits, value_minor, number, row))
        return True

    def _line(self, row: list[str], picked: tuple[str, ...]) -> _Line:
        cells = self._cells
        at_us = cells.times[picked[1]]
        customer = cells.customers[picked[2]]
        place = cells.places[picked[6]]
        sku, quantity, price = cells.skus[picked[3]], cells.quantities[picked[4]], cells.prices[picked[5]]
        draft = self._as_written.get(picked[0])
        if draft is None:
            draft = self._begin(picked[0], at_us, customer, place.country, row)
        return _Line(draft, at_us, customer, place, sku, quantity, price)

    def _begin(self, written: str, at_us: int, customer: str | None, country: str, row: list[str]) -> Draft:
        reference = written.strip().removesuffix(self._cells.order_suffix)
        if not reference:
            raise Unreadable("no order id", "fill it in")
        name, postcode = self._pick_header((*row, ""))
        prefix = self._mapping.cancellation.order_prefix
        cancels = prefix is not None and reference.startswith(prefix)
        inside = self._window.from_us <= at_us < self._window.until_us
        draft = Draft(reference, at_us, customer, country, name.strip(), postcode.strip(), cancels, inside)
        draft = self._by_reference.setdefault(reference, draft)
        self._as_written[written] = draft
        return draft

    def _traits(self, row: list[str], line: _Line, name: str) -> int:
        draft, at_us, customer, place, sku, quantity, price = line
        traits = 0
        if draft.cancels or (self._status >= 0 and row[self._status].strip() in self._mapping.cancellation.values):
            traits |= dirt.CANCELLATION
        elif quantity <= 0:
            traits |= dirt.ADJUSTMENT
        elif quantity > self._bound:
            traits |= dirt.BOUND
        if self._is_repeated(row):
            traits |= dirt.DUPLICATE
        if price.minor <= 0:
            traits |= dirt.PRICE
        if price.is_rounded:
            traits |= dirt.ROUNDED
        if not sku.is_item:
            traits |= dirt.NO_ITEM
        if sku.is_variant:
            traits |= dirt.LETTER_CASE
        if draft.customer is None:
            traits |= dirt.GUEST
        if place.is_assumed:
            traits |= dirt.COUNTRY
        if not name:
            traits |= dirt.NO_NAME
        if at_us != draft.at_us or customer != draft.customer or place.country != draft.country:
            traits |= dirt.HEADER
        return traits

    def _is_repeated(self, row: list[str]) -> bool:
        digest = blake2b("\x1f".join(row).encode(), digest_size=12).digest()
        if digest in self._seen:
            return True
        self._seen.add(digest)
        return False

    def _take(self, line: _Line, name: str) -> int:
        """Add the line to its order; the traits that only show there."""
        draft, sku, quantity, price_minor = line.draft, line.sku.sku, line.quantity, line.price.minor
        named = (sku, name)
        self.names[named] = self.names.get(named, 0) + 1
        if sku not in draft.skus:
            draft.skus.add(sku)
            draft.lines.append(self._demand_line(sku, quantity, price_minor))
            return 0
        if self._merges:
            for position, earlier in enumerate(draft.lines):
                if earlier.sku == sku and earlier.price_minor == price_minor:
                    draft.lines[position] = self._demand_line(sku, earlier.quantity + quantity, price_minor)
                    return dirt.SAME_ITEM | dirt.MERGED
        draft.lines.append(self._demand_line(sku, quantity, price_minor))
        return dirt.SAME_ITEM

    def _demand_line(self, sku: str, quantity: int, price_minor: int) -> DemandLine:
        """Equal lines are one object: a year's history has ten times as many lines as different ones."""
        key = (sku, quantity, price_minor)
        line = self._alike.get(key)
        if line is None:
            line = self._alike[key] = DemandLine(sku, quantity, price_minor)
        return line

    def _unreadable(self, number: int, row: list[str], picked: tuple[str, ...]) -> None:
        if dirt.UNREADABLE not in self._refused:
            self.book.add(dirt.UNREADABLE, 0, 0, number, row)
            return
        cells, columns = self._cells, self._mapping.columns
        readers = (
            (columns.time, cells.times, picked[1]),
            (columns.sku, cells.skus, picked[3]),
            (columns.quantity, cells.quantities, picked[4]),
            (columns.price, cells.prices, picked[5]),
            (columns.country, cells.places, picked[6]),
        )
        for column, reader, text in readers:
            try:
                reader[text]
            except Unreadable as wrong:
                raise self._file.error(wrong.message, number, column, wrong.remedy) from None
        raise self._file.error("no order id", number, columns.order, "fill it in")

    def _refuse(self, traits: int, number: int) -> None:
        """Stop at the line, if it is for a refused kind that it cannot be taken."""
        kind = self._refused.get(self.book.category(traits).bit)
        if kind is None:
            return
        remedy = f"correct the line, or let the mapping take another choice for dirty.{kind.name}"
        raise self._file.error(kind.meaning, number, None, remedy)

    def _getter(self, keys: tuple[str, ...]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
        """Picks the cells of these mapping keys; a column that the file lacks is the empty cell at the end."""
        columns, nowhere = self._mapping.columns.model_dump(), len(self._file.header)
        places = [
            self._file.place_of(columns[key], f"columns.{key}") if columns[key] is not None else nowhere for key in keys
        ]
        return itemgetter(*places)

    def _status_place(self) -> int:
        column = self._mapping.cancellation.column
        return -1 if column is None else self._file.place_of(column, "cancellation.column")
