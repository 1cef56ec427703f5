"""The books of a run's systems held against each other at its end: where two disagree, and whether that is explained.

From facts alone. A difference is explained where the books themselves say why: an exception about that order is open
at the operations desk, or the order waits for stock, is held for credit, or was turned down. One of stock is explained
where it is all of what exceptions about deliveries keep back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mock_systems.kit.ledger import Fact
from sandbox.oracle.availability import Availability
from sandbox.oracle.deliveries import Deliveries

_EXAMPLES: Final = 5
Key = tuple[str, str]

# What the warehouse does to stock, and what the ERP books for it: reason -> which of the two there is more of.
_MOVES: Final[Mapping[str, tuple[str, str]]] = {
    "ship": ("shipped, no goods issue", "goods issue, not shipped"),
    "receipt": ("received, no goods receipt", "goods receipt, not received"),
    "return": ("returned, no goods return", "goods return, not returned"),
    "adjust": ("adjusted, no stock adjustment", "stock adjustment, not adjusted"),
}
_ADJUSTING: Final = ("adjust", "count")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two books: how many entries were compared, how many differ, and for how many of those there is a reason.

    `examples` are the first differences without one, in words.
    """

    name: str
    compared: int
    differences: int
    explained: Mapping[str, int]
    examples: tuple[str, ...] = ()

    @property
    def unexplained(self) -> int:
        """Differences for which the books give no reason."""
        return self.differences - sum(self.explained.values())


@dataclass(slots=True)
class _Order:
    """What both sides have on record of one of the shop's orders."""

    open: bool = False
    status: str = "received"
    sales_orders: dict[str, str] = field(default_factory=dict)
    shipped: Counter[int] = field(default_factory=Counter)
    invoiced: Counter[int] = field(default_factory=Counter)
    captured: Counter[str] = field(default_factory=Counter)
    received: Counter[str] = field(default_factory=Counter)
    refunded: Counter[str] = field(default_factory=Counter)
    given_back: Counter[str] = field(default_factory=Counter)


class BookComparison:
    """Hears every fact once, by `hear`; `comparisons` then holds the books against each other."""

    def __init__(self) -> None:
        self._orders: dict[str, _Order] = defaultdict(_Order)
        self._sales_orders: dict[str, str] = {}
        self._erp: dict[Key, Counter[str]] = defaultdict(Counter)
        self._wms: dict[Key, Counter[str]] = defaultdict(Counter)
        self._deliveries = Deliveries()
        self._exceptions: dict[str, str] = {}
        self._open_exceptions: dict[str, dict[str, str]] = defaultdict(dict)
        self._gl: Counter[str] = Counter()
        self._entries = 0
        self._listed: list[str] = []
        self._readers: Mapping[tuple[str, str], Callable[[Fact], None]] = {
            ("commerce", "item.listed"): lambda fact: self._listed.append(fact.entity),
            ("commerce", "order.accepted"): self._accepted,
            ("commerce", "order.cancelled"): self._cancelled,
            ("commerce", "order.status"): self._told,
            ("commerce", "payment.captured"): self._money("captured", "reference"),
            ("commerce", "payment.refunded"): self._money("refunded", "reference"),
            ("erp", "stock.opened"): self._erp_moved("opened"),
            ("erp", "goods_issue.posted"): self._erp_lines("ship", -1),
            ("erp", "goods_receipt.posted"): self._receipt_posted,
            ("erp", "goods_return.posted"): self._erp_lines("return", 1),
            ("erp", "stock_adjustment.posted"): self._erp_moved("adjust"),
            ("erp", "sales_order.created"): self._entered,
            ("erp", "sales_order.cancelled"): self._settled("cancelled"),
            ("erp", "sales_order.rejected"): self._settled("rejected"),
            ("erp", "sales_order.held"): self._settled("on hold"),
            ("erp", "sales_order.released"): self._settled("open"),
            ("erp", "invoice.posted"): self._lines("invoiced"),
            ("erp", "payment.posted"): self._payment,
            ("erp", "refund.posted"): self._money("given_back", "credit_note"),
            ("erp", "gl.posted"): self._posted,
            ("wms", "stock.opened"): self._wms_opened,
            ("wms", "stock.moved"): self._wms_moved,
            ("wms", "inbound.received"): self._deliveries.received,
            ("wms", "outbound.shipped"): self._lines("shipped"),
            ("desk", "exception.opened"): self._opened,
            ("desk", "exception.closed"): self._closed,
        }

    def hear(self, fact: Fact) -> None:
        """The next fact; those of one system come in their order."""
        reader = self._readers.get((fact.system, fact.kind))
        if reader is not None:
            reader(fact)

    def comparisons(self, availability: Availability) -> list[Comparison]:
        """Each pair of books; `availability` is the oracle's, at the end of the run."""
        return [
            self._stock(),
            self._open_orders(),
            self._by_order("units: shipped and invoiced", "shipped", "invoiced"),
            self._by_order("money: captured and booked", "captured", "received"),
            self._by_order("money: refunded and booked", "refunded", "given_back"),
            self._published(availability),
            self._ledger(),
        ]

    def _stock(self) -> Comparison:
        compared: Counter[str] = Counter()
        differing: list[tuple[str, str | None]] = []
        for key in sorted({**self._erp, **self._wms}):
            erp, wms = self._erp[key], self._wms[key]
            compared["entries"] += 1
            gap = sum(erp.values()) - sum(wms.values())
            if gap:
                reasons = [
                    more[abs(erp[reason]) > abs(wms[reason])]
                    for reason, more in _MOVES.items()
                    if erp[reason] != wms[reason]
                ]
                told = f"{'/'.join(key)}: ERP {gap:+} ({', '.join(reasons) or 'opening'})"
                differing.append((told, self._kept_back(key, -gap)))
        return _comparison("stock: ERP and warehouse, by site and item", compared["entries"], differing)

    def _open_orders(self) -> Comparison:
        differing: list[tuple[str, str | None]] = []
        for number, order in self._orders.items():
            live = [so for so, status in order.sales_orders.items() if status not in ("cancelled", "rejected")]
            if order.open != (len(live) == 1):
                told = f"{number}: {'open' if order.open else 'closed'} at the shop, {len(live)} open in the ERP"
                differing.append((told, self._reason(number, order)))
        return _comparison("orders: open at the shop and in the ERP", len(self._orders), differing)

    def _by_order(self, name: str, left: str, right: str) -> Comparison:
        compared = 0
        differing: list[tuple[str, str | None]] = []
        for number, order in self._orders.items():
            ours: Counter[Any] = getattr(order, left)
            theirs: Counter[Any] = getattr(order, right)
            compared += bool(ours or theirs)
            if ours != theirs:
                told = f"{number}: {left.replace('_', ' ')} {sum(ours.values())}, "
                told += f"{right.replace('_', ' ')} {sum(theirs.values())}"
                differing.append((told, self._reason(number, order)))
        return _comparison(name, compared, differing)

    def _published(self, availability: Availability) -> Comparison:
        differing: list[tuple[str, str | None]] = []
        for sku in self._listed:
            told, true = availability.of(sku)
            if told != true:
                differing.append((f"{sku}: the shop sells {told}, {true} can be promised", None))
        return _comparison("stock: published and promised, by item", len(self._listed), differing)

    def _ledger(self) -> Comparison:
        off: list[tuple[str, str | None]] = [
            (f"{currency}: debits less credits {amount}", None) for currency, amount in self._gl.items() if amount
        ]
        return _comparison("general ledger: debits and credits", self._entries, off)

    def _kept_back(self, key: Key, lacks: int) -> str | None:
        """Why the ERP may lack so much on this shelf: what open exceptions keep back of deliveries is just that."""
        kept = {asn: left for asn, left in self._deliveries.unposted(key).items() if self._open_exceptions.get(asn)}
        return self._exception_about(next(iter(kept))) if kept and sum(kept.values()) == lacks else None

    def _exception_about(self, subject: str) -> str | None:
        causes = self._open_exceptions.get(subject)
        return f"an exception is open: {next(reversed(causes.values()))}" if causes else None

    def _reason(self, number: str, order: _Order) -> str | None:
        """Why the books of this order may disagree; None: there is no reason."""
        if about := self._exception_about(number):
            return about
        if "on hold" in order.sales_orders.values():
            return "held for credit"
        if order.status == "backordered":
            return "waits for stock"
        return None

    def _accepted(self, fact: Fact) -> None:
        self._orders[fact.entity].open = True

    def _cancelled(self, fact: Fact) -> None:
        self._orders[fact.entity].open = False

    def _told(self, fact: Fact) -> None:
        self._orders[fact.entity].status = fact.data["status"]

    def _entered(self, fact: Fact) -> None:
        self._sales_orders[fact.entity] = fact.order or ""
        self._orders[fact.order or ""].sales_orders[fact.entity] = "open"

    def _settled(self, status: str) -> Callable[[Fact], None]:
        def settle(fact: Fact) -> None:
            self._orders[self._sales_orders.get(fact.entity, "")].sales_orders[fact.entity] = status

        return settle

    def _lines(self, side: str) -> Callable[[Fact], None]:
        def add(fact: Fact) -> None:
            counter: Counter[int] = getattr(self._orders[fact.order or ""], side)
            for line in fact.data["lines"]:
                counter[line["line"]] += line["quantity"]

        return add

    def _money(self, side: str, document: str) -> Callable[[Fact], None]:
        def add(fact: Fact) -> None:
            counter: Counter[str] = getattr(self._orders[fact.order or ""], side)
            counter[fact.data[document]] += fact.data["amount_minor"]

        return add

    def _payment(self, fact: Fact) -> None:
        # What customers pay on terms, the shop has no book of.
        if "customer" not in fact.data:
            self._money("received", "invoice")(fact)

    def _receipt_posted(self, fact: Fact) -> None:
        self._deliveries.posted(fact)
        self._erp_lines("receipt", 1)(fact)

    def _erp_moved(self, reason: str) -> Callable[[Fact], None]:
        def add(fact: Fact) -> None:
            data = fact.data
            self._erp[data["site"], data["sku"]][reason] += data["quantity"]

        return add

    def _erp_lines(self, reason: str, sign: int) -> Callable[[Fact], None]:
        def add(fact: Fact) -> None:
            site = fact.data["site"]
            for line in fact.data["lines"]:
                if line.get("disposition", "restock") == "restock":
                    self._erp[site, line["sku"]][reason] += sign * line["quantity"]

        return add

    def _wms_opened(self, fact: Fact) -> None:
        self._wms[fact.data["site"], fact.data["sku"]]["opened"] += fact.data["quantity"]

    def _wms_moved(self, fact: Fact) -> None:
        data = fact.data
        reason = "adjust" if data["reason"] in _ADJUSTING else data["reason"]
        self._wms[data["site"], data["sku"]][reason] += data["quantity"]

    def _posted(self, fact: Fact) -> None:
        self._entries += 1
        currency = fact.data.get("currency", "")
        for leg in fact.data["entries"]:
            self._gl[currency] += leg["debit_minor"] - leg["credit_minor"]

    def _opened(self, fact: Fact) -> None:
        about = self._exceptions[fact.entity] = fact.order or fact.data["subject"]
        self._open_exceptions[about][fact.entity] = fact.data["cause"]

    def _closed(self, fact: Fact) -> None:
        about = self._exceptions.pop(fact.entity, "")
        self._open_exceptions[about].pop(fact.entity, None)


def _comparison(name: str, compared: int, differing: list[tuple[str, str | None]]) -> Comparison:
    explained = Counter(reason for _, reason in differing if reason is not None)
    examples = [told for told, reason in differing if reason is None]
    return Comparison(name, compared, len(differing), dict(sorted(explained.items())), tuple(examples[:_EXAMPLES]))


def compared_books(ledgers: Iterable[Iterable[Fact]], availability: Availability) -> list[Comparison]:
    """The books of these ledgers held against each other."""
    books = BookComparison()
    for facts in ledgers:
        for fact in facts:
            books.hear(fact)
    return books.comparisons(availability)
