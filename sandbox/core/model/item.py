"""An item of the master data as the core knows it, and what stands against showing it to the channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

_EACH = "EA"


@dataclass(frozen=True, slots=True)
class Item:
    """One version of an item in its system of record. Prices in minor units of the base currency, for one each.

    `unit` is the unit in which it is kept, `pack` how many eaches a case has; what is not `active` is withdrawn.
    """

    sku: str
    version: int
    name: str
    price_minor: int
    floor_minor: int
    unit: str
    pack: int
    active: bool

    def problems(self) -> Iterator[str]:
        """Why this can't be meant: whatever it says, no channel may show it."""
        if self.price_minor <= 0:
            yield f"a price of {self.price_minor}"
        elif self.price_minor < self.floor_minor:
            yield f"a price of {self.price_minor} below the floor of {self.floor_minor}"
        if not self.name.strip():
            yield "no name"
        if self.unit != _EACH:
            yield f"an unknown unit {self.unit!r}"
        if self.pack < 1:
            yield f"a case of {self.pack}"

    def to_row(self) -> dict[str, Any]:
        """The item as a JSON value; `Item(**row)` reads it back."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item as the channel shows it; one that is not `listed` is not sold."""

    version: int
    name: str
    price_minor: int
    pack: int
    listed: bool

    @classmethod
    def of(cls, item: Item) -> ListedItem:
        """How the channel is to show this version."""
        return cls(item.version, item.name, item.price_minor, item.pack, item.active)

    @classmethod
    def from_row(cls, row: Mapping[str, Any] | None) -> ListedItem | None:
        """What `to_row` wrote."""
        return None if row is None else cls(**row)

    def to_row(self) -> dict[str, Any]:
        """The item as a JSON value; `from_row` reads it back."""
        return asdict(self)


def breaking_changes(item: Item, shown: ListedItem | None, price_share: float, open_orders: int) -> Iterator[str]:
    """What of the change a person has to approve: a price that moves by more than the share, a case that changes its
    size, an item that is withdrawn while orders wait for it. What the channel doesn't show yet breaks nothing.
    """
    if shown is None:
        return
    if abs(item.price_minor - shown.price_minor) > price_share * shown.price_minor:
        yield f"the price goes from {shown.price_minor} to {item.price_minor}"
    if item.pack != shown.pack:
        yield f"a case goes from {shown.pack} to {item.pack} eaches"
    if shown.listed and not item.active and open_orders:
        yield f"it is withdrawn while {open_orders} orders wait for it"
