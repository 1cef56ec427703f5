"""The tariff: what each service costs to each zone, by weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mock_systems.carrier.books import CarrierBooks
from mock_systems.carrier.wire import AskRates, Service
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply

HOME: Final = "GB"
_EUROPE: Final = """
    AT BE BG CH CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK
"""
EUROPE: Final = frozenset(_EUROPE.split())
GRAMS_A_KILO: Final = 1000


@dataclass(frozen=True, slots=True)
class Tariff:
    """A service to a zone. `bands` are (up to grams, minor units); above the last, each started kilogram
    costs `kilo_minor` more. `days` is the promise."""

    service: Service
    days: int
    bands: tuple[tuple[int, int], ...]
    kilo_minor: int

    def cost_minor(self, weight_g: int) -> int:
        """What a parcel of this weight costs."""
        for up_to_g, cost_minor in self.bands:
            if weight_g <= up_to_g:
                return cost_minor
        top_g, top_minor = self.bands[-1]
        return top_minor + self.kilo_minor * -(-(weight_g - top_g) // GRAMS_A_KILO)


DOMESTIC: Final = (
    Tariff("economy", 2, ((2_000, 349), (5_000, 489), (10_000, 649), (20_000, 899), (30_000, 1_199)), 35),
    Tariff("express", 1, ((2_000, 599), (5_000, 799), (10_000, 1_049), (20_000, 1_449), (30_000, 1_899)), 55),
)
TO_EUROPE: Final = (
    Tariff("economy", 3, ((2_000, 899), (5_000, 1_199), (10_000, 1_599), (20_000, 2_299), (30_000, 2_999)), 90),
    Tariff("express", 2, ((2_000, 1_799), (5_000, 2_399), (10_000, 3_199), (20_000, 4_599), (30_000, 5_999)), 180),
)
TO_THE_WORLD: Final = (
    Tariff("economy", 4, ((2_000, 1_699), (5_000, 2_899), (10_000, 4_699), (20_000, 7_999), (30_000, 10_999)), 340),
    Tariff("express", 3, ((2_000, 3_499), (5_000, 5_899), (10_000, 9_499), (20_000, 15_999), (30_000, 21_999)), 690),
)


def tariffs_to(country: str) -> tuple[Tariff, ...]:
    """The services to a country."""
    if country == HOME:
        return DOMESTIC
    return TO_EUROPE if country in EUROPE else TO_THE_WORLD


def tariff_of(service: Service, country: str) -> Tariff:
    """The tariff of one service to a country."""
    return next(tariff for tariff in tariffs_to(country) if tariff.service == service)


def must_collect_at(books: CarrierBooks, site: str) -> None:
    """Raises Refusal (422) for a site where the carrier does not collect."""
    if site not in books.sites:
        raise Refusal(422, "unknown-site", f"no parcels are collected at {site}", site=site)


def rate_shipment(books: CarrierBooks, turn: Turn) -> Reply:
    """All services that go there, with cost and promise."""
    body: AskRates = turn.body
    must_collect_at(books, body.from_site)
    weight_g = body.weight_g
    rates = [
        {"service": tariff.service, "cost_minor": tariff.cost_minor(weight_g), "days": books.days_promised(tariff.days)}
        for tariff in tariffs_to(body.to_country)
    ]
    return Reply(200, {"rates": rates})
