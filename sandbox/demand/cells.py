"""What the cells of a history say. Each reader keeps what it has read: histories repeat themselves."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fnmatch import fnmatchcase
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sandbox.demand.mapping import Countries, FileFormat, HistoryMapping, NoItems, TimeFormat
from sandbox.errors import did_you_mean

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


class Unreadable(ValueError):
    """A cell that does not say what its column should; the text is message and remedy."""

    def __init__(self, message: str, remedy: str) -> None:
        self.message, self.remedy = message, remedy
        super().__init__(f"{message}; {remedy}")


class Price(NamedTuple):
    """`minor` in minor units of the currency; `is_rounded` when the file is finer than that."""

    minor: int
    is_rounded: bool


class Sku(NamedTuple):
    """`sku` as the first line had it; `is_variant` when this spelling differs from that in case alone."""

    sku: str
    is_variant: bool
    is_item: bool


class Place(NamedTuple):
    """A country, ISO alpha-2; `is_assumed` when the file does not tell it."""

    country: str
    is_assumed: bool


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of a moment that knows its offset."""
    return (moment - _EPOCH) // _MICROSECOND


class Times(dict[str, int]):
    """Local times as written, to microseconds UTC. An hour that clocks repeat is taken as its first run."""

    def __init__(self, how: TimeFormat) -> None:
        super().__init__()
        self._format, self._zone = how.format, ZoneInfo(how.zone)

    def __missing__(self, text: str) -> int:
        try:
            written = text.strip()
            moment = (
                datetime.fromisoformat(written) if self._format == "iso" else datetime.strptime(written, self._format)  # noqa: DTZ007 - the zone comes next
            )
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=self._zone)
            at_us = self[text] = microseconds(moment)
        except (ValueError, OverflowError):
            wanted = "an ISO 8601 time" if self._format == "iso" else f"a time written as {self._format}"
            raise Unreadable(f"{text!r} is not {wanted}", "correct it, or time.format in the mapping") from None
        return at_us


class _Numbers:
    def __init__(self, how: FileFormat) -> None:
        self._decimal, self._thousands = how.decimal, how.thousands

    def __call__(self, text: str) -> Decimal:
        plain = text.strip()
        if self._thousands:
            plain = plain.replace(self._thousands, "")
        if self._decimal != ".":
            plain = plain.replace(".", "?").replace(self._decimal, ".")
        if not _NUMBER.fullmatch(plain):
            remedy = "correct it, or file.decimal and file.thousands in the mapping"
            raise Unreadable(f"{text!r} is not a number", remedy)
        return Decimal(plain)


class Quantities(dict[str, int]):
    """Whole quantities."""

    def __init__(self, how: FileFormat) -> None:
        super().__init__()
        self._number = _Numbers(how)

    def __missing__(self, text: str) -> int:
        number = self._number(text)
        if number != (whole := int(number)):
            raise Unreadable(f"{text!r} is not a whole quantity", "give quantities in eaches")
        self[text] = whole
        return whole


class Prices(dict[str, Price]):
    """Prices in minor units, halves rounded away from zero; what costs anything costs at least one unit."""

    def __init__(self, how: FileFormat, minor_digits: int) -> None:
        super().__init__()
        self._number, self._scale = _Numbers(how), Decimal(10) ** minor_digits

    def __missing__(self, text: str) -> Price:
        exact = self._number(text) * self._scale
        minor = int(exact.to_integral_value(ROUND_HALF_UP))
        if exact > 0:
            minor = max(1, minor)
        price = self[text] = Price(minor, minor != exact)
        return price


class Skus(dict[str, Sku]):
    """Item codes, spelled alike; tells codes that are no items."""

    def __init__(self, not_items: NoItems, strip: str, unify: bool) -> None:
        super().__init__()
        self._codes = {code.casefold() for code in not_items.codes}
        self._patterns = [pattern.casefold() for pattern in not_items.patterns]
        self._strip, self._unify = strip, unify
        self._first: dict[str, str] = {}

    def __missing__(self, text: str) -> Sku:
        code = text.strip().removesuffix(self._strip)
        if not code:
            raise Unreadable("no item code", "fill it in")
        folded = code.casefold()
        first = self._first.setdefault(folded, code) if self._unify else code
        is_item = folded not in self._codes and not any(fnmatchcase(folded, p) for p in self._patterns)
        sku = self[text] = Sku(first, first != code, is_item)
        return sku


class Customers(dict[str, "str | None"]):
    """Customer ids; None for a cell that says nobody."""

    def __init__(self, blank: tuple[str, ...], strip: str) -> None:
        super().__init__()
        self._blank, self._strip = {"", *blank}, strip

    def __missing__(self, text: str) -> str | None:
        written = text.strip()
        customer = self[text] = None if written in self._blank else written.removesuffix(self._strip)
        return customer


class Places(dict[str, Place]):
    """Countries by the mapping's names, by alpha-2 code, or as assumed."""

    def __init__(self, countries: Countries, has_column: bool) -> None:
        super().__init__()
        self._countries = countries
        if not has_column and countries.default is not None:
            self[""] = Place(countries.default, False)

    def __missing__(self, text: str) -> Place:
        name, known = text.strip(), self._countries
        if name in known.names:
            place = Place(known.names[name], False)
        elif name in known.assumed:
            place = Place(known.assumed[name], True)
        elif len(name) == 2 and name.isascii() and name.isalpha() and name.isupper():
            place = Place(name, False)
        elif not name and known.default is not None:
            place = Place(known.default, True)
        else:
            near = did_you_mean(name, [*known.names, *known.assumed])
            raise Unreadable(f"{name!r} is no country of the mapping", f"add it to countries.names ({near})")
        self[text] = place
        return place


class Cells:
    """The readers that one mapping asks for."""

    def __init__(self, mapping: HistoryMapping) -> None:
        strip, file = mapping.strip, mapping.file
        self.times = Times(mapping.time)
        self.quantities = Quantities(file)
        self.prices = Prices(file, mapping.minor_digits)
        self.skus = Skus(mapping.not_items, strip.get("sku", ""), mapping.dirty.letter_case == "unify")
        self.customers = Customers(file.blank, strip.get("customer", ""))
        self.places = Places(mapping.countries, mapping.columns.country is not None)
        self.order_suffix = strip.get("order", "")
