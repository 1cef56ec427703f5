"""Customers who send goods back: what they pack, and how long their parcel takes, whoever knows of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_systems.commerce.return_book import ReturnRecord
from mock_systems.kit.lognormal import lognormal_us
from mock_systems.kit.physics import DAY, call_after
from mock_systems.kit.return_parcel import ReturnedLine, ReturnParcel

if TYPE_CHECKING:
    from mock_systems.commerce.system import Commerce


@dataclass(frozen=True, slots=True)
class ReturnConfig:
    """The shop's rule, and its customers' ways.

    Goods may come back `within_us` of their shipment. A parcel takes `parcel_us` on average, packing included,
    lognormal with `spread`; `fewer` is the share of parcels with less in them than was announced, `never` the share
    that nobody sends. Raises ValueError for numbers that can't be meant.
    """

    within_us: int = 30 * DAY
    parcel_us: int = 4 * DAY
    spread: float = 0.5
    fewer: float = 0.03
    never: float = 0.02

    def __post_init__(self) -> None:
        if self.within_us <= 0 or self.parcel_us <= 0 or self.spread < 0:
            raise ValueError("within_us and parcel_us are above 0, spread is 0 or more")
        if self.fewer < 0 or self.never < 0 or self.fewer + self.never > 1:
            raise ValueError(f"fewer and never are shares that add up to 1 at most, got {self.fewer}, {self.never}")


class Senders:
    """Packs a parcel for each authorised return; each of `hands` gets it when it arrives, with the time."""

    def __init__(self, commerce: Commerce, config: ReturnConfig) -> None:
        self._commerce = commerce
        self._config = config
        self.hands: list[Callable[[ReturnParcel, int], None]] = []

    def send(self, record: ReturnRecord) -> None:
        """The customer has the return's number, and goes about it."""
        env = self._commerce.env
        assert env is not None, "commerce: start(env) comes before the first return"
        # Named by the shopper's reference: numbers of the shop's own depend on who came first.
        reference = str(record.shown["reference"])
        fraction = self._commerce.streams.fraction
        habit = fraction("return-habit", reference)
        if habit < self._config.never:
            return
        lines = [ReturnedLine(x["shipment"], x["line"], x["sku"], x["quantity"]) for x in record.lines]
        if habit < self._config.never + self._config.fewer:
            lines = self._fewer(lines, reference)
        parcel = ReturnParcel(record.rma, str(record.shown["order"]), tuple(lines))
        delay_us = lognormal_us(self._config.parcel_us, self._config.spread, fraction("return-parcel", reference))
        call_after(env, delay_us, lambda: self._hand_over(parcel, int(env.now)))

    def _fewer(self, lines: list[ReturnedLine], reference: str) -> list[ReturnedLine]:
        """The same without a part of it; a single piece is sent as it is."""
        pieces = sum(line.quantity for line in lines)
        left_out = self._commerce.streams.of("return-left-out", reference).randrange(1, pieces) if pieces > 1 else 0
        packed: list[ReturnedLine] = []
        for line in lines:
            missing = min(left_out, line.quantity)
            left_out -= missing
            if line.quantity > missing:
                packed.append(line._replace(quantity=line.quantity - missing))
        return packed

    def _hand_over(self, parcel: ReturnParcel, now_us: int) -> None:
        for hand in self.hands:
            hand(parcel, now_us)
