"""A column mapping: how one company's order history is written, and what to do with its dirty lines."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from sandbox.demand.history_files import find_history
from sandbox.moments import Duration
from sandbox.yaml_extends import read_extended


def _wrong(message: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("mapping", "{message}", {"message": message, "remedy": remedy})


def _encoding(name: str) -> str:
    try:
        known = "aä".encode(name).startswith(b"a")
    except UnicodeError:
        known = True
    except LookupError:
        known = False
    if not known:
        raise _wrong(f"{name!r} is no encoding that can be read line by line", "write utf-8, cp1252 or iso-8859-1")
    return name


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _wrong(f"{name!r} is not a time zone", "write an IANA name such as Europe/London or UTC") from None
    return name


def _time_format(pattern: str) -> str:
    """`iso`, or a strptime pattern that tells at least the day."""
    example = datetime(2011, 11, 14, 13, 5)  # noqa: DTZ001 - only to see whether the pattern tells the day
    try:
        told = "iso" if pattern == "iso" else str(datetime.strptime(example.strftime(pattern), pattern).date())  # noqa: DTZ007
    except ValueError:
        told = ""
    if told not in ("iso", "2011-11-14"):
        raise _wrong(f"{pattern!r} does not tell year, month and day", "write iso, or a pattern like %Y-%m-%d %H:%M")
    return pattern


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


Country = Annotated[str, BeforeValidator(_upper), Field(pattern="^[A-Z]{2}$")]
OtherFile = Annotated[
    str | None,
    WithJsonSchema({"type": "string", "description": "a mapping from which this one takes what it doesn't say"}),
]
Unfit = Literal["set_aside", "refuse"]


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileFormat(_Block):
    """How the CSV file is written. Gzip is recognised by the name ending in `.gz`."""

    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", "'", " "] = ""
    blank: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _distinct(self) -> FileFormat:
        if self.decimal == self.thousands:
            raise _wrong("decimal and thousands are the same sign", "leave thousands out, or correct it")
        return self


class Columns(_Block):
    """Which column of the file holds what. Without `customer` all orders are guests'."""

    order: str
    time: str
    sku: str
    quantity: str
    price: str
    customer: str | None = None
    customer_name: str | None = None
    name: str | None = None
    country: str | None = None
    postcode: str | None = None


class TimeFormat(_Block):
    """How times are written: `iso` or a strptime pattern, local to `zone` unless they tell their offset.

    Orders are spread over `spread` after the time written, by hashing their references: a history that
    tells whole minutes would otherwise have its orders arrive in lumps.
    """

    format: Annotated[str, AfterValidator(_time_format)] = "iso"
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    spread: Duration = 0


class Cancellation(_Block):
    """What marks a line as a cancellation: how the order's id begins, or a value in a column."""

    order_prefix: Annotated[str, Field(min_length=1)] | None = None
    column: str | None = None
    values: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _column_and_values(self) -> Cancellation:
        if (self.column is None) != (not self.values):
            raise _wrong("column and values belong together", "write both, or only order_prefix")
        return self


class NoItems(_Block):
    """Codes in the sku column that are no stocked items; `patterns` may use `*` and `?`. Case does not count."""

    codes: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


class Countries(_Block):
    """Countries as the file writes them, to ISO 3166-1 alpha-2. Alpha-2 codes in the file need no entry."""

    names: dict[str, Country] = Field(default_factory=dict)
    assumed: dict[str, Country] = Field(default_factory=dict)
    default: Country | None = None


class QuantityBound(_Block):
    """Lines of more than `bound` units are unusual: keying errors, or orders of another trade."""

    bound: Annotated[int, Field(gt=0)]
    then: Literal["set_aside", "refuse", "keep"] = "set_aside"


class DirtyLines(_Block):
    """What to do with each kind of dirty line. `refuse` stops the import at the first one.

    `cancellation: return` replays lines of cancelling orders (by `cancellation.order_prefix`) as returns of what the
    same customer had bought before.
    """

    cancellation: Literal["set_aside", "refuse", "return"] = "set_aside"
    adjustment: Unfit = "set_aside"
    exact_duplicate: Literal["set_aside", "refuse", "keep"] = "set_aside"
    no_item: Unfit = "set_aside"
    price_zero_or_less: Unfit = "set_aside"
    quantity_above: QuantityBound | None = None
    without_customer: Literal["guest", "set_aside", "refuse"] = "guest"
    letter_case: Literal["unify", "keep"] = "unify"
    same_item: Literal["keep", "merge"] = "keep"
    unreadable: Unfit = "refuse"


class HistoryMapping(_Block):
    """The whole mapping file. `strip` names suffixes that an export added to a column's values.

    With `extends` another mapping's keys hold where this one is silent: blocks are merged key by key, lists replaced.
    `attribution` is whom the data come from and under which licence; reports repeat it.
    """

    extends: OtherFile = None
    title: str
    about: str = ""
    attribution: str = ""
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    minor_digits: Annotated[int, Field(ge=0, le=4)] = 2
    file: FileFormat = FileFormat()
    columns: Columns
    time: TimeFormat = TimeFormat()
    cancellation: Cancellation = Cancellation()
    not_items: NoItems = NoItems()
    countries: Countries = Countries()
    strip: dict[Literal["order", "customer", "sku"], str] = Field(default_factory=dict)
    dirty: DirtyLines = DirtyLines()

    @model_validator(mode="after")
    def _country_known(self) -> HistoryMapping:
        if self.columns.country is None and self.countries.default is None:
            raise _wrong("no column tells the country", "write columns.country, or countries.default: GB")
        return self


def read_mapping(path: Path) -> HistoryMapping:
    """The mapping in the YAML file at `path`, with what it takes from others. Raises InputError."""
    return read_extended(path, find_history).validated(HistoryMapping)
