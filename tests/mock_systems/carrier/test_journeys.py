"""Journeys: what is handed over is delivered once, scan by scan, over days; what cannot travel is refused."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mock_systems.kit.ledger import Fact
from mock_systems.kit.physics import DAY, HOUR, MINUTE
from tests.mock_systems.carrier.parcels import MONDAY_US, Parcels, trace_of

SCANS = ["in_transit", "out_for_delivery", "delivered"]
ways = st.tuples(
    st.sampled_from(("economy", "express")), st.sampled_from(("GB", "FR", "AU")), st.integers(0, 30 * HOUR)
)


@settings(max_examples=40, deadline=None)
@given(ways=st.lists(ways, min_size=1, max_size=12), seed=st.integers(0, 1000))
def test_each_collected_parcel_is_delivered_once(ways: list[tuple[str, str, int]], seed: int) -> None:
    parcels = Parcels(seed)
    promised = {}
    for number, (service, country, after_us) in enumerate(sorted(ways, key=lambda way: way[2])):
        parcels.env.run(until=max(parcels.now_us, MONDAY_US + 9 * HOUR + after_us) + 1)
        tracking = parcels.buy(f"W-{number:06d}", service, country).body["tracking"]
        rates = parcels.call("POST", "/rates", {"from_site": "LDS", "to_country": country, "weight_g": 1}).body
        days = next(rate["days"] for rate in rates["rates"] if rate["service"] == service)
        promised[tracking] = parcels.now_us // DAY + days
        parcels.carrier.collect([tracking], parcels.now_us)
    parcels.run_until(12)
    for tracking, day in promised.items():
        seen = parcels.call("GET", f"/tracking/{tracking}").body
        assert seen["status"] == "delivered"
        assert [event["status"] for event in seen["events"]] == SCANS
        assert [event["sequence"] for event in seen["events"]] == [1, 2, 3]
        times = [event["at_us"] for event in seen["events"]]
        assert times == sorted(set(times))
        assert times[2] // DAY - day in (0, 1)
    assert len(parcels.facts("parcel.scanned")) == 3 * len(promised)


@settings(max_examples=20, deadline=None)
@given(within_us=st.sampled_from((MINUTE, 4 * HOUR, DAY)), seed=st.integers(0, 1000))
def test_a_courier_delivers_within_its_hours(within_us: int, seed: int) -> None:
    parcels = Parcels(seed, within_us)
    rates = parcels.call("POST", "/rates", {"from_site": "LDS", "to_country": "AU", "weight_g": 1}).body["rates"]
    assert [rate["days"] for rate in rates] == [1, 1]
    trackings = [
        parcels.buy(f"W-{number:06d}", country=("GB", "AU")[number % 2]).body["tracking"] for number in range(40)
    ]
    began_us = parcels.now_us
    parcels.carrier.collect(trackings, began_us)
    parcels.run_until(3)
    late = 0
    for tracking in trackings:
        seen = parcels.call("GET", f"/tracking/{tracking}").body
        assert [event["status"] for event in seen["events"]] == SCANS
        times = [event["at_us"] - began_us for event in seen["events"]]
        assert 0 < times[0] < times[1] < times[2] < 2 * within_us
        late += times[2] >= within_us
    assert late < 10


def test_every_scan_is_told_with_its_order_and_trace() -> None:
    parcels = Parcels()
    label = parcels.buy("W-000007").body
    parcels.carrier.collect([label["tracking"]], parcels.now_us)
    parcels.run_until(5)
    scans = parcels.facts("parcel.scanned")
    assert {(fact.entity, fact.order, fact.trace) for fact in scans} == {
        (label["tracking"], "W-000007", trace_of("W-000007"))
    }
    assert [dict(fact.data) for fact in scans] == [
        {"status": status, "label": "LBL-000001", "sequence": number + 1} for number, status in enumerate(SCANS)
    ]
    told = sorted((data["sequence"], data["status"], data["at_us"]) for data, _ in parcels.heard)
    assert told == [(fact.data["sequence"], fact.data["status"], fact.at_us) for fact in scans]
    assert all(data["reference"] == "W-000007/LDS" and data["order"] == "W-000007" for data, _ in parcels.heard)
    assert all(parent is not None and parent[3:35] == trace_of("W-000007") for _, parent in parcels.heard)


def test_the_first_scan_uses_the_label_up() -> None:
    parcels = Parcels()
    label = parcels.buy().body
    assert parcels.call("GET", f"/tracking/{label['tracking']}").body["status"] is None
    parcels.carrier.collect([label["tracking"]], parcels.now_us)
    assert parcels.call("GET", "/labels/LBL-000001").body["state"] == "bought"
    parcels.run_until(1)
    assert parcels.call("GET", "/labels/LBL-000001").body["state"] == "used"
    refused = parcels.call("POST", "/labels/LBL-000001/void")
    assert (refused.status, refused.body["type"]) == (409, "urn:problem:already-used")
    assert parcels.call("GET", "/tracking/TRK9").status == 404


def test_a_parcel_that_cannot_travel_is_put_aside() -> None:
    parcels = Parcels()
    good, voided, voided_later = (parcels.buy(f"W-00000{n}").body for n in (1, 2, 3))
    parcels.call("POST", f"/labels/{voided['label']}/void")
    trackings = [good["tracking"], voided["tracking"], voided_later["tracking"], "TRK-nobody's"]
    parcels.carrier.collect(trackings, parcels.now_us)
    parcels.call("POST", f"/labels/{voided_later['label']}/void")
    parcels.carrier.collect([good["tracking"]], parcels.now_us)
    parcels.run_until(6)
    refused = [(fact.entity, fact.order, fact.data["reason"]) for fact in parcels.facts("parcel.refused")]
    assert refused == [
        (voided["tracking"], "W-000002", "voided-label"),
        ("TRK-nobody's", None, "unknown-tracking"),
        (good["tracking"], "W-000001", "already-collected"),
        (voided_later["tracking"], "W-000003", "voided-label"),
    ]
    assert [fact.entity for fact in parcels.facts("parcel.scanned")] == [good["tracking"]] * 3


def books_of(seed: int, *, extra: bool = False) -> list[Fact]:
    """Twenty parcels of one truck, with or without one that concerns nobody else."""
    parcels = Parcels(seed)
    for number in range(20):
        if extra and number == 5:
            parcels.buy("W-EXTRA")
        parcels.buy(f"W-{number:06d}", country=("GB", "FR", "AU")[number % 3])
    parcels.carrier.collect(list(parcels.carrier.books.by_tracking), parcels.now_us)
    parcels.run_until(12)
    return parcels.facts()


def test_the_same_seed_gives_the_same_facts_and_another_one_others() -> None:
    assert books_of(1) == books_of(1)
    assert books_of(1) != books_of(2)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_one_more_parcel_shifts_no_other_ones_journey(seed: int) -> None:
    def times(facts: list[Fact]) -> dict[tuple[str | None, str], int]:
        return {(fact.order, fact.data["status"]): fact.at_us for fact in facts if fact.kind == "parcel.scanned"}

    without, with_it = times(books_of(seed)), times(books_of(seed, extra=True))
    assert len(with_it) == len(without) + 3
    assert {key: with_it[key] for key in without} == without
