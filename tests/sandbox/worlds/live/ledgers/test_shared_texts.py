"""What judges keep of a long run: the same text once."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from sandbox.worlds.live.ledgers.shared_texts import with_shared_texts

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda of: st.lists(of) | st.dictionaries(st.text(), of)
)


@given(VALUES)
def test_it_is_the_same_value(value: object) -> None:
    assert with_shared_texts(value) == value


def test_texts_of_two_pages_are_one_object() -> None:
    text = '{"order": "W-000042", "lines": [{"sku": "CUP-blue"}]}'
    one, other = (with_shared_texts(json.loads(text)) for _ in range(2))
    assert one["order"] is other["order"]
    assert one["lines"][0]["sku"] is other["lines"][0]["sku"]
    assert next(iter(one)) is next(iter(other))
