"""Demand spikes: for a while, every order comes several times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mock_systems.kit.streams import Streams
from sandbox.demand.orders import Demand, DemandOrder, in_time


@dataclass(frozen=True, slots=True)
class DemandSpike:
    """Arrivals in [`from_us`, `until_us`) times `factor`, which is 1 or more."""

    from_us: int
    until_us: int
    factor: float

    def __post_init__(self) -> None:
        if not self.from_us < self.until_us:
            raise ValueError(f"a spike ends after it begins, not from {self.from_us} to {self.until_us}")
        if not 1 <= self.factor <= 10_000:
            raise ValueError(f"a spike multiplies demand by 1 to 10,000, not by {self.factor}")


def with_spikes(demand: Demand, spikes: Sequence[DemandSpike], streams: Streams) -> Demand:
    """The demand with each spike's extra orders: repeats of the orders in it, at times drawn within it.

    Repeats have new references, `<reference>~<spike>.<n>`, and streams of their own: the other orders stay as they
    are. Stock, accounts and prices stay, too, because nobody foresaw the spike. Where spikes overlap they add. What a
    history gives back is given back of the orders themselves.
    """
    extra: list[DemandOrder] = []
    told: list[str] = []
    for number, spike in enumerate(spikes, start=1):
        hit = [order for order in demand.orders if spike.from_us <= order.at_us < spike.until_us]
        repeats = [repeat for order in hit for repeat in _repeats(order, spike, number, streams)]
        extra += repeats
        told.append(f"Demand spike {number}: {len(hit):,} orders x {spike.factor:g} makes {len(repeats):,} more.")
    account = replace(demand.account, derived=(*demand.account.derived, *told))
    return Demand(in_time([*demand.orders, *extra]), demand.opening, account)


def _repeats(order: DemandOrder, spike: DemandSpike, number: int, streams: Streams) -> Iterator[DemandOrder]:
    """`factor - 1` repeats; a fraction of one comes with that probability."""
    draw = streams.of("spike", number, order.reference)
    whole = int(spike.factor - 1)
    times = whole + (draw.random() < spike.factor - 1 - whole)
    for repeat in range(1, times + 1):
        at_us = draw.randrange(spike.from_us, spike.until_us)
        yield replace(order, at_us=at_us, reference=f"{order.reference}~{number}.{repeat}", returns=())
