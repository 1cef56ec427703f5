"""The slice of real history in the repository, counted here by other means than the importer's."""

import csv
import gzip
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mock_systems.kit.streams import Streams
from sandbox.demand import Demand, account_text, history_demand

HISTORY = Path(__file__).parents[3] / "scenarios" / "history"
SLICE = HISTORY / "uci_peak_week.csv.gz"
MAPPING = HISTORY / "online_retail.yaml"
MONDAY_US = 1_321_228_800_000_000
DAY_US = 86_400_000_000
NO_ITEMS = {"POST", "DOT", "C2", "D", "M", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK"}


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    with gzip.open(SLICE, "rt", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


@pytest.fixture(scope="module")
def week() -> Demand:
    return history_demand(SLICE, MAPPING, Streams(1))


def test_every_line_stands_in_exactly_one_category(week: Demand, rows: list[list[str]]) -> None:
    account = week.account
    assert account.is_balanced
    assert account.rows == len(rows) == 21_112
    assert account.orders_seen == len({row[0] for row in rows}) == 894
    assert {tally.name: tally.lines for tally in (*account.taken, *account.set_aside)} == {
        "accepted": 15_653,
        "accepted_as_guest": 4_689,
        "cancellation": 261,
        "adjustment": 46,
        "exact_duplicate": 344,
        "no_item": 80,
        "price_zero_or_less": 39,
    }


def test_traits_agree_with_a_count_by_hand(week: Demand, rows: list[list[str]]) -> None:
    spellings = {row[1] for row in rows}
    folded = Counter(code.upper() for code in spellings)
    counted = {
        "cancellation": sum(row[0].startswith("C") for row in rows),
        "adjustment": sum(int(row[3]) <= 0 and not row[0].startswith("C") for row in rows),
        "exact_duplicate": len(rows) - len({tuple(row) for row in rows}),
        "no_item": sum(row[1].upper() in NO_ITEMS or row[1].startswith("gift_") for row in rows),
        "price_zero_or_less": sum(float(row[5]) <= 0 for row in rows),
        "without_customer": sum(not row[6] for row in rows),
        "without_name": sum(not row[2] for row in rows),
        "country_assumed": sum(row[7] in ("Unspecified", "European Community") for row in rows),
    }
    assert {trait.name: trait.lines for trait in week.account.traits if trait.name in counted} == counted
    unified = sum(count - 1 for count in folded.values())
    assert f"{unified} item codes differed" in " ".join(week.account.derived)


def test_orders_are_what_the_clean_lines_say(week: Demand, rows: list[list[str]]) -> None:
    first = {tuple(row): row for row in rows if not row[0].startswith("C")}
    clean = [
        row
        for row in first.values()
        if int(row[3]) > 0 and float(row[5]) > 0 and row[1].upper() not in NO_ITEMS and not row[1].startswith("gift_")
    ]
    expected: dict[str, int] = Counter()
    for row in clean:
        expected[row[0]] += int(row[3]) * round(float(row[5]) * 100)
    assert {order.reference: order.total_minor for order in week.orders} == dict(expected)
    assert len(week.orders) == week.account.orders == 687
    assert sum(tally.value_minor for tally in week.account.taken) == sum(expected.values())


def test_times_are_utc_and_spread_within_their_minute(week: Demand, rows: list[list[str]]) -> None:
    assert [order.at_us for order in week.orders] == sorted(order.at_us for order in week.orders)
    assert all(MONDAY_US <= order.at_us < MONDAY_US + 7 * DAY_US for order in week.orders)
    written: dict[str, str] = {}
    for row in rows:
        written.setdefault(row[0], row[4])
    for order in week.orders:
        moment = datetime.fromisoformat(written[order.reference]).replace(tzinfo=UTC)  # London's winter time
        assert 0 <= order.at_us - int(moment.timestamp()) * 1_000_000 < 60_000_000
    assert len({order.at_us for order in week.orders}) > 680


def test_the_mapping_knows_every_country_and_strips_the_float(week: Demand) -> None:
    customers = {order.customer for order in week.orders if order.customer is not None}
    assert all(customer.isdigit() for customer in customers)
    assert {account.customer for account in week.opening.customers} == customers
    assert all(len(order.ship_to.country) == 2 for order in week.orders)
    assert all((order.payment == "account") == (order.customer is not None) for order in week.orders)


def test_opening_prices_stock_and_credit_fit_the_orders(week: Demand) -> None:
    items = {item.sku: item for item in week.opening.items}
    sold = Counter[str]()
    for order in week.orders:
        for line in order.lines:
            sold[line.sku] += line.quantity
            assert items[line.sku].floor_minor <= line.price_minor
    stocked = Counter[str]()
    for stock in week.opening.stock:
        stocked[stock.sku] += stock.quantity
    short = {sku for sku in sold if stocked[sku] < sold[sku]}
    assert short
    assert all(f" {sku}" in week.opening.derivation[-1] for sku in short)
    limits = {account.customer: account.credit_limit_minor for account in week.opening.customers}
    over = {o.customer for o in week.orders if o.customer is not None and o.total_minor > limits[o.customer]}
    assert len(over) == 29
    assert "29 accounts (5%, drawn) have tight credit" in " ".join(week.opening.derivation)


def test_a_window_takes_whole_orders_and_counts_the_rest(week: Demand) -> None:
    tuesday = history_demand(SLICE, MAPPING, Streams(1), "2011-11-15", "2011-11-16")
    assert tuesday.account.is_balanced
    assert tuesday.account.rows == 21_112
    assert tuesday.account.lines("outside_window") == 21_112 - 3_445
    wanted = [o for o in week.orders if MONDAY_US + DAY_US <= o.at_us < MONDAY_US + 2 * DAY_US]
    assert [(o.at_us, o.reference, o.lines) for o in tuesday.orders] == [
        (o.at_us, o.reference, o.lines) for o in wanted
    ]


def test_the_account_is_data_and_readable(week: Demand) -> None:
    data = json.loads(json.dumps(week.account.as_dict()))
    assert data["set_aside"][0]["name"] == "cancellation"
    line = data["set_aside"][0]["examples"][0]["line"]
    with gzip.open(SLICE, "rt", encoding="utf-8") as file:
        assert file.read().splitlines()[line - 1] == data["set_aside"][0]["examples"][0]["text"]
    text = account_text(week.account)
    for expected in (
        "21,112 lines of 894 orders",
        "687 orders",
        "exact duplicate",
        "-8,214.87",
        "60% of the list price",
    ):
        assert expected in text
