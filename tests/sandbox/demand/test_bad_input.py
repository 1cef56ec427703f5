"""Bad histories and mappings are refused with file, line, field and remedy."""

import gzip
from itertools import pairwise
from pathlib import Path

import pytest

from mock_systems.kit.streams import Streams
from sandbox.demand import HistoryDemand, history_demand
from sandbox.errors import InputError

MAPPING = """title: own
currency: GBP
columns:
  order: Order
  time: Date
  customer: Customer
  sku: Item
  quantity: Qty
  price: Price
  country: Country
time: {format: "%Y-%m-%d", zone: Europe/London}
"""
HEADER = "Order,Date,Customer,Item,Qty,Price,Country\n"
GOOD = "N1,2011-11-14,K1,A,2,1.00,GB\n"


def refusal(folder: Path, history: str | bytes, mapping: str = MAPPING, name: str = "own.csv", **window: str) -> str:
    """The message with which the history is refused, without its folder."""
    path = folder / name
    path.write_bytes(history.encode() if isinstance(history, str) else history)
    (folder / "own.yaml").write_text(mapping, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        history_demand(path, folder / "own.yaml", Streams(1), window.get("from_"), window.get("to"))
    return str(refused.value).replace(f"{folder}/", "")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "N2,14.11.2011,K1,A,2,1.00,GB",
            "own.csv:3: Date: '14.11.2011' is not a time written as %Y-%m-%d; correct it,",
        ),
        ("N2,2011-02-30,K1,A,2,1.00,GB", "own.csv:3: Date: '2011-02-30' is not a time"),
        ("N2,2011-11-14,K1,A,two,1.00,GB", "own.csv:3: Qty: 'two' is not a number; correct it,"),
        ("N2,2011-11-14,K1,A,1.5,1.00,GB", "own.csv:3: Qty: '1.5' is not a whole quantity; give"),
        ("N2,2011-11-14,K1,A,2,1.00 GBP,GB", "own.csv:3: Price: '1.00 GBP' is not a number; correct"),
        ("N2,2011-11-14,K1,A,2,1.00,Germany", "own.csv:3: Country: 'Germany' is no country of the mapping; add it"),
        ("N2,2011-11-14,K1,,2,1.00,GB", "own.csv:3: Item: no item code; fill it in"),
        (",2011-11-14,K1,A,2,1.00,GB", "own.csv:3: Order: no order id; fill it in"),
        ("N2,2011-11-14,K1,A,2,1,00,GB", "own.csv:3: 8 columns, but the header has 7; quote values that contain ','"),
        ('N2,2011-11-14,K1,"A,2,1.00,GB', "own.csv:3: a quote opens on this line and is never closed; close it"),
        ('N2,2011-11-14,K1,"A"x,2,1.00,GB', "own.csv:3: broken CSV: ',' expected after '\"'; double the quotes"),
    ],
)
def test_a_line_that_cannot_be_read(tmp_path: Path, line: str, told: str) -> None:
    assert refusal(tmp_path, HEADER + GOOD + line + "\n" + GOOD).startswith(told)


def test_the_line_is_the_one_where_the_row_begins(tmp_path: Path) -> None:
    history = HEADER + 'N1,2011-11-14,"K\n1",A,2,1.00,GB\nN2,2011-11-14,K1,A,x,1.00,GB\n'
    assert refusal(tmp_path, history).startswith("own.csv:4: Qty:")


def test_a_byte_of_another_encoding(tmp_path: Path) -> None:
    latin = (HEADER + GOOD + "N2,2011-11-14,K\xfc,A,2,1.00,GB\n").encode("latin-1")
    told = refusal(tmp_path, latin)
    assert told.startswith("own.csv:3: byte 0xfc is not utf-8; set file.encoding in the mapping")


def test_a_file_in_utf_16_is_told_as_such(tmp_path: Path) -> None:
    told = refusal(tmp_path, (HEADER + GOOD).encode("utf-16"))
    assert told == 'own.csv:1: byte 0xff is not utf-8; the file is UTF-16 (Excel\'s "Unicode text"): save it as UTF-8'


def test_other_encodings_and_byte_order_marks_are_read(tmp_path: Path) -> None:
    path, mapping = tmp_path / "own.csv", tmp_path / "own.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")
    path.write_bytes(b"\xef\xbb\xbf" + (HEADER + GOOD).replace("\n", "\r\n").encode())
    assert history_demand(path, mapping, Streams(1)).orders[0].reference == "N1"
    mapping.write_text(MAPPING + "file: {encoding: cp1252}\n", encoding="utf-8")
    path.write_bytes((HEADER + "N\xfc,2011-11-14,K1,A,2,1.00,GB\n").encode("cp1252"))
    assert history_demand(path, mapping, Streams(1)).orders[0].reference == "Nü"


def test_a_gzip_file_that_is_none_or_broken_off(tmp_path: Path) -> None:
    told = "the gzip file is broken off or damaged; fetch the file again"
    assert told in refusal(tmp_path, HEADER + GOOD, name="own.csv.gz")
    whole = gzip.compress((HEADER + GOOD * 2000).encode())
    assert told in refusal(tmp_path, whole[: len(whole) // 2], name="own.csv.gz")


@pytest.mark.parametrize(
    ("history", "told"),
    [
        ("", "own.csv:1: no header; the first line must hold the names of the columns"),
        (HEADER, "own.csv: no orders in the file; it holds a header and nothing else"),
        (
            HEADER.replace("Item", "part no"),
            "own.csv:1: Item: no such column; known: Country, Customer, Date, Order, Price, Qty, part no. The mapping",
        ),
        (
            HEADER.replace(",", ";"),
            "own.csv:1: Order: no such column; the header has ';' in it: write it as file.delimiter in the mapping",
        ),
        (
            HEADER.replace("Qty", "QTY"),
            "own.csv:1: Qty: no such column; did you mean 'QTY'? The mapping names it under",
        ),
        (HEADER.replace("Qty", "Item"), "own.csv:1: Item: the header has 2 columns of this name; rename"),
        (HEADER + GOOD.replace("1.00", "0"), "own.csv: no line can be taken as an order; check the mapping"),
    ],
)
def test_a_file_without_what_is_needed(tmp_path: Path, history: str, told: str) -> None:
    assert refusal(tmp_path, history).startswith(told)


def test_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(MAPPING, encoding="utf-8")
    with pytest.raises(InputError, match=r"none\.csv: cannot be read \(No such file or directory\); check the path"):
        history_demand(tmp_path / "none.csv", tmp_path / "own.yaml", Streams(1))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("  sku: Item", "  skus: Item"), "own.yaml:7: columns.skus: unknown key; did you mean 'sku'?"),
        (
            ("zone: Europe/London", "zone: Europe/Londn"),
            "own.yaml:11: time.zone: 'Europe/Londn' is not a time zone; write",
        ),
        (("%Y-%m-%d", "%m-%d"), "own.yaml:11: time.format: '%m-%d' does not tell year, month and day; write iso"),
        (("%Y-%m-%d", "%Y-%Q"), "own.yaml:11: time.format: '%Y-%Q' does not tell"),
        (("currency: GBP", "currency: pounds"), "own.yaml:2: currency:"),
        (("  country: Country\n", ""), "own.yaml:1: no column tells the country; write columns.country"),
        (("title: own", "dirty: {adjustment: drop}"), "own.yaml:1: dirty.adjustment: unknown value 'drop'"),
        (
            ("title: own", "title: own\nfile: {encoding: latin-9x}"),
            "own.yaml:2: file.encoding: 'latin-9x' is no encoding",
        ),
        (
            ("title: own", "title: own\nfile: {decimal: ',', thousands: ','}"),
            "own.yaml:2: file: decimal and thousands are",
        ),
        (
            ("title: own", "title: own\ncancellation: {column: Qty}"),
            "own.yaml:2: cancellation: column and values belong",
        ),
        (("zone: Europe/London", "spread: -5s"), "own.yaml:11: time.spread: '-5s' is negative: write"),
        (("title: own", "title: [own"), "own.yaml:2: is not YAML"),
    ],
)
def test_a_mapping_with_a_mistake(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    mapping = MAPPING.replace(*change)
    assert mapping != MAPPING
    assert told in refusal(tmp_path, HEADER + GOOD, mapping)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("C2,2011-11-14,K1,A,-2,1.00,GB", "cancellation"),
        ("N2,2011-11-14,K1,A,-2,1.00,GB", "adjustment"),
        ("N1,2011-11-14,K1,A,2,1.00,GB", "exact_duplicate"),
        ("N2,2011-11-14,K1,POST,2,1.00,GB", "no_item"),
        ("N2,2011-11-14,K1,A,2,0.00,GB", "price_zero_or_less"),
        ("N2,2011-11-14,,A,2,1.00,GB", "without_customer"),
    ],
)
def test_the_mapping_may_refuse_each_kind_of_dirt(tmp_path: Path, line: str, kind: str) -> None:
    mapping = MAPPING + f"dirty: {{{kind}: refuse}}\nnot_items: {{codes: [POST]}}\ncancellation: {{order_prefix: C}}\n"
    told = refusal(tmp_path, HEADER + GOOD + line + "\n", mapping)
    assert told.startswith("own.csv:3: ")
    assert told.endswith(f"dirty.{kind}")


def test_a_line_set_aside_for_one_reason_is_not_refused_for_another(tmp_path: Path) -> None:
    mapping = tmp_path / "own.yaml"
    mapping.write_text(
        MAPPING + "dirty: {price_zero_or_less: refuse}\ncancellation: {order_prefix: C}\n", encoding="utf-8"
    )
    (tmp_path / "own.csv").write_text(HEADER + GOOD + "C2,2011-11-14,K1,A,-2,0,GB\n", encoding="utf-8")
    assert history_demand(tmp_path / "own.csv", mapping, Streams(1)).account.lines("cancellation") == 2


@pytest.mark.parametrize(
    ("window", "told"),
    [
        ({"from_": "2011-11-20"}, "no orders from 2011-11-20 00:00 UTC; the file runs from 2011-11-14 00:00 UTC to"),
        ({"from_": "14.11.2011"}, "from: '14.11.2011' is not a day or a time; write 2011-11-14"),
        ({"from_": "2011-11-20", "to": "2011-11-20"}, "to: nothing lies between from and to; `to` is a later moment"),
    ],
)
def test_a_window_without_orders(tmp_path: Path, window: dict[str, str], told: str) -> None:
    assert told in refusal(tmp_path, HEADER + GOOD, **window)


def test_a_window_is_no_number() -> None:
    with pytest.raises(ValueError, match="not a day or a time"):
        HistoryDemand.model_validate({"history": "a.csv", "mapping": "a.yaml", "from": 20111114})


def test_clocks_go_back_and_forth(tmp_path: Path) -> None:
    mapping = tmp_path / "own.yaml"
    mapping.write_text(MAPPING.replace("%Y-%m-%d", "%Y-%m-%d %H:%M"), encoding="utf-8")
    times = ("2011-03-27 00:30", "2011-03-27 02:30", "2011-10-30 00:30", "2011-10-30 01:30", "2011-10-30 02:30")
    rows = "".join(f"N{n},{time},K1,A,{n},1.00,GB\n" for n, time in enumerate(times, start=1))
    (tmp_path / "own.csv").write_text(HEADER + rows, encoding="utf-8")
    orders = history_demand(tmp_path / "own.csv", mapping, Streams(1)).orders
    hour_us = 3_600_000_000
    assert [(b.at_us - a.at_us) / hour_us for a, b in pairwise(orders)] == [1, 5206, 1, 2]
