"""Labels and rates: each purchase costs, a void gives back, and weight and way decide the price."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_systems.carrier.rates import tariffs_to
from tests.mock_systems.carrier.parcels import Parcels, trace_of


def test_each_purchase_sells_another_label_whatever_its_key_and_reference() -> None:
    parcels = Parcels()
    first, second = parcels.buy(), parcels.buy()
    assert (first.status, first.headers["location"]) == (201, "/labels/LBL-000001")
    assert (first.body["label"], second.body["label"]) == ("LBL-000001", "LBL-000002")
    assert first.body["tracking"] != second.body["tracking"]
    assert parcels.call("GET", first.headers["location"]).body == first.body
    found = parcels.call("GET", "/labels", reference="W-000001/LDS").body
    assert found == {"items": [first.body, second.body], "next_cursor": None}
    bought = parcels.facts("label.bought")
    assert [(fact.entity, fact.order, fact.trace) for fact in bought] == [
        ("LBL-000001", "W-000001", trace_of("W-000001")),
        ("LBL-000002", "W-000001", trace_of("W-000001")),
    ]
    assert dict(bought[0].data) == {
        "tracking": first.body["tracking"],
        "reference": "W-000001/LDS",
        "service": "economy",
        "cost_minor": first.body["cost_minor"],
        "weight_g": 1200,
    }


def test_a_label_may_be_bought_without_naming_the_order() -> None:
    parcels = Parcels()
    body = {"reference": "R", "service": "express", "from_site": "BHM", "to_country": "FR", "weight_g": 1}
    assert parcels.call("POST", "/labels", body).status == 201
    assert parcels.facts()[0].order is None


def test_a_void_gives_the_money_back_once() -> None:
    parcels = Parcels()
    label = parcels.buy().body
    first = parcels.call("POST", f"/labels/{label['label']}/void")
    assert first.body == parcels.call("POST", f"/labels/{label['label']}/void").body == {**label, "state": "voided"}
    voided = parcels.facts("label.voided")
    assert [(fact.entity, dict(fact.data)) for fact in voided] == [
        ("LBL-000001", {"tracking": label["tracking"], "cost_minor": label["cost_minor"]})
    ]
    assert parcels.call("GET", "/labels", reference="W-000001/LDS").body["items"][0]["state"] == "voided"
    assert parcels.call("POST", "/labels/LBL-000009/void").status == 404


def test_what_is_rated_is_what_is_paid() -> None:
    parcels = Parcels()
    for country in ("GB", "FR", "AU"):
        asked = {"from_site": "LDS", "to_country": country, "weight_g": 7_500}
        rates = parcels.call("POST", "/rates", asked).body["rates"]
        assert [rate["service"] for rate in rates] == ["economy", "express"]
        for rate in rates:
            label = parcels.buy(service=rate["service"], country=country, weight_g=7_500).body
            assert label["cost_minor"] == rate["cost_minor"]


@given(country=st.sampled_from(("GB", "DE", "US")), weights=st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)))
def test_more_weight_never_costs_less_and_faster_never_either(country: str, weights: tuple[int, int]) -> None:
    light, heavy = sorted(weights)
    economy, express = tariffs_to(country)
    assert economy.days > express.days
    for tariff in (economy, express):
        assert 0 < tariff.cost_minor(light) <= tariff.cost_minor(heavy)
    assert economy.cost_minor(light) < express.cost_minor(light)


def test_a_band_ends_at_its_gram_and_above_the_last_each_started_kilogram_is_charged() -> None:
    economy = tariffs_to("GB")[0]
    assert [economy.cost_minor(weight_g) for weight_g in (1, 2_000, 2_001, 5_000)] == [349, 349, 489, 489]
    assert economy.cost_minor(30_000) == 1_199
    assert economy.cost_minor(30_001) == economy.cost_minor(31_000) == 1_199 + 35
    assert economy.cost_minor(31_001) == 1_199 + 70


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"from_site": "XXX"}, "unknown-site"),
        ({"service": "overnight"}, "invalid-request"),
        ({"to_country": "Eire"}, "invalid-request"),
        ({"weight_g": 0}, "invalid-request"),
        ({"weight_g": 1.5}, "invalid-request"),
        ({"insured": True}, "invalid-request"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_costs_nothing(changed: dict[str, Any], code: str) -> None:
    parcels = Parcels()
    refused = parcels.buy(**changed)
    assert (refused.status, refused.body["type"]) == (422, f"urn:problem:{code}")
    assert parcels.facts() == []
