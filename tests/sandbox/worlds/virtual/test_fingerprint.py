"""The fingerprint, and the check that a run repeats in another interpreter."""

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_systems.kit.ledger import Ledger
from sandbox.worlds.virtual.determinism import BLOCK, Difference, first_difference, repeat
from sandbox.worlds.virtual.errors import VirtualWorldError
from sandbox.worlds.virtual.fingerprint import Fingerprint

TARGETS = Path(__file__).parent / "targets.py"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
labels = st.lists(st.lists(json_values, max_size=4).map(tuple), max_size=12)


def digest(added: list[tuple[Any, ...]], block: int = BLOCK) -> str:
    fingerprint = Fingerprint(block=block)
    for label in added:
        fingerprint.add(label)
    assert fingerprint.events == len(added)
    return fingerprint.digest()


def rebuilt(value: Any) -> Any:
    """An equal value that shares nothing with it: no interned text, no common objects."""
    if isinstance(value, str):
        return "".join([*value])
    if isinstance(value, int) and not isinstance(value, bool):
        return int(str(value))
    if isinstance(value, dict):
        return {rebuilt(k): rebuilt(v) for k, v in value.items()}
    return type(value)(map(rebuilt, value)) if isinstance(value, list | tuple) else value


@given(labels)
def test_equal_labels_give_equal_digests_however_they_are_held(added: list[tuple[Any, ...]]) -> None:
    interned = [tuple(sys.intern(v) if type(v) is str else v for v in label) for label in added]
    assert digest(added) == digest(rebuilt(added)) == digest(interned)
    assert digest(added + added) == digest(added + rebuilt(added))


@given(labels, st.data())
def test_any_change_shows(added: list[tuple[Any, ...]], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(added)))
    assert digest([*added[:place], ("another",), *added[place:]]) != digest(added)


@pytest.mark.parametrize("events", [0, 1, 3, 6, 7])
def test_finishing_changes_no_digest(events: int) -> None:
    fingerprint = Fingerprint(block=3)
    for n in range(events):
        fingerprint.add(("event", n))
    assert fingerprint.digest() == fingerprint.finish() == fingerprint.digest()


def test_blocks_are_chained_and_kept_when_asked_for() -> None:
    fingerprint = Fingerprint(keep=[1], block=3)
    for n in range(8):
        fingerprint.add(("event", n))
    before = fingerprint.digest()
    assert len(fingerprint.chain) == 2
    assert fingerprint.finish() == before
    assert fingerprint.chain[-1] == before
    assert fingerprint.kept == {1: [("event", 3), ("event", 4), ("event", 5)]}


def test_facts_are_labels_and_objects_are_not() -> None:
    fingerprint, ledger = Fingerprint(), Ledger("erp")
    ledger.listeners.append(fingerprint.fact)
    ledger.append(5, "invoice.posted", "INV-1", None, {"lines": [{"sku": "A"}]})
    assert fingerprint.events == 1
    assert fingerprint.digest() != Fingerprint().digest()
    fingerprint.add(("wrong", object()))
    with pytest.raises(TypeError, match=r"something other than text.*'wrong', <object"):
        fingerprint.digest()


def test_a_run_repeats_under_another_hash_seed() -> None:
    found = repeat(f"{TARGETS}:orderly", {"steps": 10_000})
    assert found.difference is None
    assert found.events > 10_000


@pytest.mark.parametrize("at", [5, BLOCK + 7])
def test_the_first_event_that_differs_is_named(at: int) -> None:
    difference = first_difference(f"{TARGETS}:differs", {"at": at})
    assert difference is not None
    assert difference.number == at
    assert difference.first is not None
    assert difference.first.startswith(f"('event', {at}, ")
    assert str(difference).startswith(f"event {at} differs: ('event'")


def test_a_run_that_ends_early_differs_where_it_ends() -> None:
    assert first_difference(f"{TARGETS}:shorter", {}, hash_seeds=(1, 2)) == Difference(10, None, "('event', 10)")


def test_a_run_that_fails_is_told_with_its_traceback() -> None:
    with pytest.raises(VirtualWorldError, match=r"failed with hash seed 1:(.|\n)*LookupError: no such"):
        repeat(f"{TARGETS}:fails", {})
    with pytest.raises(VirtualWorldError, match="names no callable"):
        repeat("nothing", {})
