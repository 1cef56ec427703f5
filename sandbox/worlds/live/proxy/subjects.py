"""Which business order a call is about, as far as the calls themselves tell; and who made which document.

A call names the channel's order outright (`external_ref`), or a document that an earlier call about that order had
named in its reply (`sales_order`, `invoice`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

KEPT_MOST: Final = 200_000


class Maker(NamedTuple):
    """The call that made a document: the W3C trace id and the fencing token that it bore."""

    trace: str | None
    fence: int | None


class Subjects:
    """Learns from calls. `orders` are the names of fields that hold an order's number, `documents` those of others.

    The oldest documents are forgotten beyond the newest 200,000.
    """

    def __init__(self, orders: Sequence[str], documents: Sequence[str]) -> None:
        self._orders = tuple(orders)
        self._documents = tuple(documents)
        self._order_of: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._maker_of: OrderedDict[str, Maker] = OrderedDict()

    def order_of(self, *places: Mapping[str, Any] | Any) -> str | None:
        """The order that a request is about; `places` are its path's values, its query and its body."""
        told = [place for place in places if isinstance(place, Mapping)]
        for name in self._orders:
            for place in told:
                if (order := _text(place, name)) is not None:
                    return order
        for name in self._documents:
            for place in told:
                number = _text(place, name)
                if number is not None and (order := self._order_of.get((name, number))) is not None:
                    return order
        return None

    def learn(self, order: str | None, reply: Any) -> None:
        """Hear a reply to a call about `order`: the documents that it names belong to it."""
        for row in _rows(reply):
            of_row = self.order_of(row) or order
            for name in self._documents if of_row is not None else ():
                number = _text(row, name)
                if number is not None:
                    _keep(self._order_of, (name, number), of_row)

    def made(self, document: str, maker: Maker) -> None:
        """A call has made a document; who comes first has made it."""
        _keep(self._maker_of, document, maker)

    def made_new(self, reply: Any, asked: Any, maker: Maker) -> None:
        """A call's reply names documents that the call itself, `asked`, had not named: it has made them."""
        told = asked if isinstance(asked, Mapping) else {}
        for row in _rows(reply):
            for name in self._documents:
                number = _text(row, name)
                if number is not None and told.get(name) != number:
                    self.made(number, maker)

    def maker_of(self, document: str) -> Maker:
        """Who made a document, as far as that was seen."""
        return self._maker_of.get(document, _NOBODY)


_NOBODY: Final = Maker(None, None)


def _keep(known: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    known.setdefault(key, value)
    if len(known) > KEPT_MOST:
        known.popitem(last=False)


def _rows(reply: Any) -> Iterator[Mapping[str, Any]]:
    """The reply itself, or the rows of its list."""
    if isinstance(reply, Mapping):
        items = reply.get("items")
        if isinstance(items, list):
            yield from (row for row in items if isinstance(row, Mapping))
        else:
            yield reply


def _text(place: Mapping[str, Any], name: str) -> str | None:
    value = place.get(name)
    return value if isinstance(value, str) else None
