"""Mappings that extend others: alike but for what they say, found as histories are, and known to check and editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from mock_systems.kit.streams import Streams
from sandbox.demand import history_demand
from sandbox.demand.accounting import lines_of
from sandbox.demand.mapping import HistoryMapping, read_mapping
from sandbox.errors import InputError
from sandbox.runs import library
from sandbox.runs.checking import checked
from sandbox.runs.schemas import schema_text
from tests.sandbox.demand.test_bad_input import GOOD, HEADER, MAPPING

HISTORY = library.shipped_folder() / "history"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder with a mapping to extend."""
    (tmp_path / "base.yaml").write_text(
        MAPPING + "not_items: {codes: [POST, DOT]}\ndirty: {adjustment: refuse, quantity_above: {bound: 9}}\n"
    )
    return tmp_path


def own(folder: Path, text: str) -> HistoryMapping:
    """The mapping that extends the base by this text."""
    (folder / "own.yaml").write_text("extends: base.yaml\n" + text)
    return read_mapping(folder / "own.yaml")


def test_the_shipped_ones_differ_in_what_the_second_says() -> None:
    plain, returns = (read_mapping(HISTORY / name) for name in ("online_retail.yaml", "online_retail_returns.yaml"))
    assert returns.dirty.cancellation == "return"
    dirty = returns.dirty.model_copy(update={"cancellation": plain.dirty.cancellation})
    assert returns.model_copy(update={"extends": None, "title": plain.title, "dirty": dirty}) == plain
    assert returns.title != plain.title


def test_nothing_said_is_the_base_itself(base: Path) -> None:
    assert own(base, "").model_copy(update={"extends": None}) == read_mapping(base / "base.yaml")


def test_keys_are_merged_lists_replaced_and_null_takes_away(base: Path) -> None:
    mapping = own(base, "not_items: {codes: [FEE]}\ndirty: {quantity_above: {then: keep}}\ncolumns: {customer: null}\n")
    assert mapping.not_items.codes == ("FEE",)
    assert (mapping.columns.customer, mapping.columns.sku) == (None, "Item")
    assert mapping.dirty.adjustment == "refuse"
    assert mapping.dirty.quantity_above is not None
    assert (mapping.dirty.quantity_above.bound, mapping.dirty.quantity_above.then) == (9, "keep")
    assert own(base, "dirty: {quantity_above: null}\n").dirty.quantity_above is None


def test_a_history_is_read_by_what_both_files_say(base: Path) -> None:
    own(base, "currency: EUR\ndirty: {adjustment: set_aside}\n")
    (base / "own.csv").write_text(HEADER + GOOD + "N2,2011-11-14,K1,A,-2,1.00,GB\n")
    demand = history_demand(base / "own.csv", base / "own.yaml", Streams(1))
    assert [(order.reference, order.currency) for order in demand.orders] == [("N1", "EUR")]
    assert lines_of(demand.account.set_aside) == 1
    with pytest.raises(InputError, match=r"own\.csv:3: .*warehouse adjustment"):
        history_demand(base / "own.csv", base / "base.yaml", Streams(1))


def test_a_shipped_mapping_is_extended_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("extends: online_retail.yaml\ndirty: {same_item: merge}\n")
    mapping = read_mapping(tmp_path / "mine.yaml")
    assert (mapping.currency, mapping.dirty.same_item) == ("GBP", "merge")
    assert checked(tmp_path / "mine.yaml").kind == "column mapping"
    (tmp_path / "mine.yaml").write_text("extends: online_retial.yaml\n")
    with pytest.raises(InputError, match=r"mine\.yaml:1: extends: .*; did you mean 'online_retail\.yaml'\?"):
        read_mapping(tmp_path / "mine.yaml")


def test_the_columns_of_both_files_are_held_together(base: Path) -> None:
    with pytest.raises(InputError, match=r"own\.yaml:2: cancellation: column and values belong together"):
        own(base, "cancellation: {column: Status}\n")


EDITED: list[tuple[dict[str, Any], bool]] = [
    ({"extends": "a.yaml"}, True),
    ({"extends": "a.yaml", "columns": {"sku": "Item"}, "dirty": {"quantity_above": {"then": "keep"}}}, True),
    ({"extends": "a.yaml", "colums": {}}, False),
    ({"extends": ["a.yaml", "b.yaml"]}, False),
    ({}, False),
    ({"title": "T", "currency": "EUR", "columns": {"sku": "Item"}}, False),
]


@pytest.mark.parametrize(("data", "sound"), EDITED)
def test_an_editor_asks_for_everything_of_a_whole_mapping_alone(data: dict[str, Any], sound: bool) -> None:
    assert _validator().is_valid(data) is sound


def test_an_editor_takes_and_refuses_what_the_loader_does(base: Path) -> None:
    whole = YAML(typ="safe").load((base / "base.yaml").read_text())
    assert _validator().is_valid(whole)
    assert not _validator().is_valid({**whole, "dirty": {"quantity_above": {"then": "keep"}}})
    for path in sorted(HISTORY.glob("*.yaml")):
        assert _validator().is_valid(YAML(typ="safe").load(path.read_text(encoding="utf-8"))), path


def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(schema_text("mapping.schema.json")))
