"""Demand from a company's own order history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from mock_systems.kit.streams import Streams
from sandbox import durations
from sandbox.demand.cells import microseconds
from sandbox.demand.changes import ChangesBlock
from sandbox.demand.derivation import OpeningRules, derive_opening
from sandbox.demand.importer import Draft, Importer, Window
from sandbox.demand.mapping import HistoryMapping, read_mapping
from sandbox.demand.orders import Demand, DemandOrder, ShipTo, in_time
from sandbox.demand.people import People
from sandbox.demand.returns import WAITS, ReturnsBlock
from sandbox.errors import InputError

Moment = str | date | int | None


def _no_number(value: object) -> object:
    if isinstance(value, int | float):
        raise PydanticCustomError("moment", "not a day or a time", {"remedy": "write 2011-11-14 or 2011-11-14T08:00"})
    return value


DayOrTime = Annotated[datetime | date | None, BeforeValidator(_no_number)]


class HistoryDemand(BaseModel):
    """The block `demand:` of a scenario that replays a history.

    `from` and `to` are days or times, local to the mapping's zone unless they tell their offset; orders from
    `from` up to, not including, `to` are taken.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    history: str
    mapping: str
    from_: DayOrTime = Field(default=None, alias="from")
    to: DayOrTime = None
    opening: OpeningRules = OpeningRules()
    changes: ChangesBlock | None = None
    returns: ReturnsBlock | None = None


def history_demand(
    csv_path: Path,
    mapping_path: Path,
    streams: Streams,
    from_: Moment = None,
    to: Moment = None,
    config: HistoryDemand | None = None,
    read: Importer | None = None,
) -> Demand:
    """The orders of the file, at the times they were placed, and opening balances that fit them.

    `from_` and `to` (text, day, moment or microseconds) go before those of `config`. `read`, the
    same file read as a whole, is taken where none of its orders lies outside. Raises InputError.
    """
    mapping = read_mapping(mapping_path)
    if config is not None:
        from_ = config.from_ if from_ is None else from_
        to = config.to if to is None else to
    window = window_of(mapping, from_, to)
    if read is not None and read.lies_in(window):
        reader, window = read, Window()
    else:
        reader = Importer(csv_path, mapping, window)
        reader.read()
    people = People(streams)
    orders = in_time([_order(draft, mapping, people) for draft in reader.drafts if draft.lines])
    orders = _with_cancellations(orders, reader, mapping)
    if not orders:
        raise _nothing(csv_path, reader, window)
    rules = config.opening if config is not None else OpeningRules()
    opening = derive_opening(orders, names_of(reader.names), mapping.currency, rules, streams)
    told = (*_told(mapping, reader, window), *opening.derivation)
    if any(order.returns for order in orders):
        told = (*told, WAITS)
    seen = sum(1 for _ in reader.drafts)
    account = reader.book.account(csv_path.name, mapping.currency, seen, len(orders), told)
    return Demand(orders, opening, replace(account, attribution=mapping.attribution))


def _with_cancellations(
    orders: tuple[DemandOrder, ...], reader: Importer, mapping: HistoryMapping
) -> tuple[DemandOrder, ...]:
    """The orders with what the history's cancellations give back of them."""
    given_back = reader.cancellations.returns(lambda reference: _spread_us(reference, mapping.time.spread))
    if not given_back:
        return orders
    return tuple(
        replace(order, returns=given_back[order.reference]) if order.reference in given_back else order
        for order in orders
    )


def window_of(mapping: HistoryMapping, from_: Moment, to: Moment) -> Window:
    """The two moments in microseconds UTC. Raises InputError for one that is none, or an empty window."""
    zone, ever = ZoneInfo(mapping.time.zone), Window()
    from_us = ever.from_us if from_ is None else _moment_us(from_, "from", zone)
    until_us = ever.until_us if to is None else _moment_us(to, "to", zone)
    if from_us >= until_us:
        raise InputError("nothing lies between from and to", field="to", remedy="`to` is a later moment than `from`")
    return Window(from_us, until_us)


def _moment_us(moment: str | date | int, field: str, zone: ZoneInfo) -> int:
    if isinstance(moment, int):
        return moment
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            remedy = "write 2011-11-14 or 2011-11-14T08:00"
            raise InputError(f"{moment!r} is not a day or a time", field=field, remedy=remedy) from None
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return microseconds(moment if moment.tzinfo is not None else moment.replace(tzinfo=zone))


def names_of(counted: Mapping[tuple[str, str], int]) -> dict[str, str]:
    """Each item's most frequent name, the first in the alphabet of several as frequent."""
    best: dict[str, tuple[int, str]] = {}
    for (sku, name), count in counted.items():
        if name and (sku not in best or (-count, name) < best[sku]):
            best[sku] = (-count, name)
    return {sku: name for sku, (_, name) in best.items()}


def _order(draft: Draft, mapping: HistoryMapping, people: People) -> DemandOrder:
    customer, country = draft.customer, draft.country
    key = customer or draft.reference
    name = draft.name or (people.company(key) if customer else people.person(key))
    return DemandOrder(
        at_us=draft.at_us + _spread_us(draft.reference, mapping.time.spread),
        reference=draft.reference,
        customer=customer,
        payment="account" if customer else "card",
        currency=mapping.currency,
        ship_to=ShipTo(name, country, draft.postcode or people.postcode(country, key)),
        lines=tuple(draft.lines),
    )


def _spread_us(reference: str, spread_us: int) -> int:
    if not spread_us:
        return 0
    return int.from_bytes(blake2b(reference.encode(), digest_size=8).digest(), "big") % spread_us


def _told(mapping: HistoryMapping, reader: Importer, window: Window) -> tuple[str, ...]:
    told = [f"Times are read as {mapping.time.zone} and kept; the sandbox runs in UTC."]
    if mapping.time.spread:
        spread = durations.format(mapping.time.spread)
        told.append(f"Orders are spread over {spread} after the time written, by hashing their references.")
    if window != Window():
        told.append(f"Orders {_period(window)} are taken.")
    if reader.spellings_unified:
        told.append(f"{reader.spellings_unified:,} item codes differed from an earlier one in letter case alone.")
    unnamed = [
        what
        for what, column in (("names", mapping.columns.customer_name), ("postcodes", mapping.columns.postcode))
        if column is None
    ]
    if unnamed:
        told.append(
            f"Customers' {' and '.join(unnamed)} are not in the file: made up with Faker, by customer or order."
        )
    return tuple(told)


def _period(window: Window) -> str:
    ever = Window()
    parts = []
    if window.from_us != ever.from_us:
        parts.append(f"from {_utc(window.from_us)}")
    if window.until_us != ever.until_us:
        parts.append(f"before {_utc(window.until_us)}")
    return " ".join(parts)


def _utc(at_us: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)).strftime("%Y-%m-%d %H:%M UTC")


def _nothing(path: Path, reader: Importer, window: Window) -> InputError:
    times = [draft.at_us for draft in reader.drafts]
    if not times:
        return InputError("no orders in the file", file=str(path), remedy="it holds a header and nothing else")
    reach = f"the file runs from {_utc(min(times))} to {_utc(max(times))}"
    if window == Window():
        return InputError("no line can be taken as an order", file=str(path), remedy=f"check the mapping; {reach}")
    return InputError(f"no orders {_period(window)}", file=str(path), field="from/to", remedy=reach)
