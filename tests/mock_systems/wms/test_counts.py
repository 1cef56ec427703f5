"""Cycle counts: against the book as of their beginning, with picking going on, approved or counted again."""

from __future__ import annotations

from typing import Any

import pytest

from mock_systems.kit.streams import Streams
from mock_systems.wms.counting import CountingConfig
from mock_systems.wms.system import build_wms
from tests.mock_systems.wms.warehouse import MONDAY_US, SKUS, Warehouse, line, opening

HOUR_US = 3_600_000_000


class Counted(Warehouse):
    """A warehouse whose items are counted; from Monday 06:00, three counts a day at each site."""

    def __init__(self, errors: float, per_day: int = 3) -> None:
        super().__init__(at_us=MONDAY_US + 6 * HOUR_US)
        counting = CountingConfig(counts_per_day=per_day, count_errors=errors)
        self.wms = build_wms(opening(100), Streams(7), counting=counting)
        self.wms.webhooks.transport = self._hear
        self.wms.webhooks.subscribe("/webhooks/wms", self.wms.topics)
        self.wms.start(self.env)

    def counts(self) -> list[dict[str, Any]]:
        """All counts, asked over the API."""
        items: list[dict[str, Any]] = self.call("GET", "/counts", limit="500").body["items"]
        return items

    def decide(self, count: str, quantity: int) -> int:
        """Approve a count; the status."""
        return self.call("POST", f"/counts/{count}/approval", {"quantity": quantity}).status


def test_every_item_of_every_site_is_counted_once_a_round() -> None:
    house = Counted(errors=0.0)
    house.run_until(20)
    counts = house.counts()
    assert sorted((x["site"], x["sku"]) for x in counts) == sorted((s, k) for s in ("BHM", "LDS", "RDG") for k in SKUS)
    assert all(x["counted"] == x["book"] == 100 and x["as_of"] == 0 for x in counts)
    assert {topic for topic, _, _ in house.heard} == {"count.recorded"}
    assert house.facts("stock.moved") == []


def test_a_count_holds_against_the_book_of_its_beginning_not_of_now() -> None:
    house = Counted(errors=1.0)
    house.label_when_packed()
    for number in range(8):
        house.send_out(f"W-{number:06d}", "LDS", line(1, "CUP", 5), line(2, "JAR", 5), line(3, "TIN", 5))
    house.run_until(20)
    shipped = {sku: house.stock("LDS", sku)[0] for sku in SKUS}
    assert all(on_hand == 60 for on_hand in shipped.values())
    for count in [x for x in house.counts() if x["site"] == "LDS"]:
        difference = count["counted"] - count["book"]
        assert difference
        assert house.decide(count["count"], difference) == 200
        assert house.decide(count["count"], difference) == 200
        assert house.decide(count["count"], difference + 1) == 409
        assert house.stock("LDS", count["sku"])[0] == 60 + difference
    assert {f.data["reason"] for f in house.facts("stock.moved")} == {"ship", "count"}
    assert len(house.facts("count.approved")) == 3


def test_what_a_counter_misses_can_no_longer_be_promised() -> None:
    house = Counted(errors=1.0)
    house.run_until(20)
    short = next(x for x in house.counts() if x["counted"] < x["book"])
    site, sku, missing = short["site"], short["sku"], short["book"] - short["counted"]
    refused = house.reserve("W-000001", site, line(1, sku, 101 - missing))
    assert refused.body["short"] == [{"sku": sku, "requested": 101 - missing, "available": 100 - missing}]
    assert house.reserve("W-000001", site, line(1, sku, 100 - missing)).status == 201
    assert house.decide(short["count"], -missing) == 200
    assert house.stock(site, sku)[:2] == (100 - missing, 100 - missing)


def test_an_undecided_count_keeps_its_item_from_being_counted_again() -> None:
    house = Counted(errors=0.0)
    house.run_until(20, day=3)
    assert len(house.counts()) == 9
    rejected = house.counts()[0]
    path = f"/counts/{rejected['count']}/rejection"
    for _ in range(2):
        assert house.call("POST", path, {"reason": "recount"}).body["state"] == "rejected"
    assert house.decide(rejected["count"], 1) == 409
    house.run_until(20, day=4)
    again = house.counts()[-1]
    assert (again["site"], again["sku"]) == (rejected["site"], rejected["sku"])
    assert len(house.facts("count.rejected")) == 1


@pytest.mark.parametrize("wrong", [{"counts_per_day": -1}, {"count_errors": 1.5}])
def test_a_counting_team_that_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        CountingConfig(**wrong)
