"""The example of `docs/bring-your-own-history.md`: another company's file, read with its own mapping."""

from pathlib import Path

from mock_systems.kit.streams import Streams
from sandbox.demand import account_text, history_demand

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLE = DOCS / "examples" / "own_orders.csv"
MAPPING = DOCS / "examples" / "own_orders.yaml"
PAGE = (DOCS / "bring-your-own-history.md").read_text(encoding="utf-8")


def test_every_line_of_the_example_is_read() -> None:
    demand = history_demand(EXAMPLE, MAPPING, Streams(1))
    account = demand.account
    assert account.is_balanced
    assert account.rows == 15
    assert {tally.name: tally.lines for tally in (*account.taken, *account.set_aside)} == {
        "accepted": 7,
        "accepted_as_guest": 2,
        "merged": 1,
        "cancellation": 1,
        "adjustment": 1,
        "exact_duplicate": 1,
        "no_item": 1,
        "price_zero_or_less": 1,
    }
    assert [order.reference for order in demand.orders] == [f"A-100{n}" for n in (1, 2, 3, 5, 7, 8, 9)]


def test_numbers_times_and_names_are_read_as_the_mapping_says() -> None:
    demand = history_demand(EXAMPLE, MAPPING, Streams(1))
    first, second = demand.orders[:2]
    assert [(line.sku, line.quantity, line.price_minor) for line in first.lines] == [
        ("SCH-M8", 1200, 18),
        ("MUT-M8", 1200, 7),
    ]
    assert first.at_us // 60_000_000 == 1_321_252_920 // 60
    assert first.ship_to.as_dict() == {"name": "Baumarkt Nord", "country": "DE", "postcode": "22765"}
    assert [(line.sku, line.quantity) for line in second.lines] == [("AKKU-18", 6)]
    assert {order.ship_to.country for order in demand.orders} == {"DE", "AT", "CH"}
    assert {item.sku: item.name for item in demand.opening.items}["BIT-SET"] == "Bit-Satz, 32-teilig"
    assert demand.opening.currency == "EUR"


def test_an_example_stands_there_as_the_file_has_it() -> None:
    taken = history_demand(EXAMPLE, MAPPING, Streams(1)).account.taken[0]
    assert taken.examples[0].text == EXAMPLE.read_text(encoding="utf-8").splitlines()[1]


def test_the_page_shows_the_files_and_the_account_as_they_are() -> None:
    assert MAPPING.read_text(encoding="utf-8") in PAGE
    assert "".join(EXAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)[:4]) in PAGE
    account = account_text(history_demand(EXAMPLE, MAPPING, Streams(1)).account)
    shown = [line for line in account.splitlines() if line.startswith(("│ taken", "│ set aside"))]
    assert len(shown) == 8
    assert all(line in PAGE for line in shown)
