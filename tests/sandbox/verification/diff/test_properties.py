"""What holds for any two schemas, held against a validator that knows nothing of our rules."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sandbox.verification.diff.changes import Direction, Severity
from tests.sandbox.verification.diff.pairs import answering, compared, found

QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SAFE = Severity.SAFE
SMALL = st.integers(0, 3)


def _fits(text: str, schema: dict[str, Any]) -> bool:
    """Whether a text is one of the schema's. Of one that nothing fits the comparison knows its words, and no more."""
    least, most = schema.get("minLength", 0), schema.get("maxLength", len(text))
    return least <= len(text) <= most and re.search(schema.get("pattern", ""), text) is not None


TEXTS = st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={"minLength": SMALL, "maxLength": SMALL,
              "enum": st.lists(st.sampled_from(["", "a", "bb", "ccc"]), min_size=1, unique=True),
              "pattern": st.sampled_from(["^a", "^[a-c]*$", "b$"])},
).filter(lambda schema: any(_fits(text, schema) for text in schema.get("enum", ["", "a", "ab", "abb"])))  # fmt: skip
NUMBERS = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number", ["integer", "null"]])},
    optional={"minimum": SMALL, "maximum": SMALL, "exclusiveMaximum": SMALL, "exclusiveMinimum": SMALL,
              "multipleOf": st.integers(1, 3)},
)  # fmt: skip


# Both properties are always declared: one that an open object gets is safe for those who keep to declared names.
def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {"type": st.just("object"), "properties": st.fixed_dictionaries({"a": inner, "b": inner})},
        optional={
            "required": st.lists(st.sampled_from("ab"), unique=True),
            "additionalProperties": st.just(False),
            "maxProperties": SMALL,
        },
    )


def _lists(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {"type": st.just("array"), "items": inner},
        optional={"maxItems": SMALL, "minItems": SMALL, "uniqueItems": st.booleans()},
    )


def _choices(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"allOf": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"oneOf": st.lists(inner, min_size=1, max_size=2)}),
    )


SCHEMAS = st.recursive(
    TEXTS | NUMBERS | st.just({"type": "boolean"}),
    lambda inner: _objects(inner) | _lists(inner) | _choices(inner),
    max_leaves=5,
)
TEXT: dict[str, Any] = {"type": "string"}
LIST = {"type": "array", "items": {"type": "boolean"}}
PAIR_OF_TEXTS = {"type": "object", "properties": {"a": TEXT, "b": TEXT}}
WHOLE_OR_NULL = {"type": ["integer", "null"]}
INSTANCES: list[Any] = [
    None, True, 0, 1, 2, 3, 1.5, "", "a", "bb", "ccc", "ab", [], [0], ["a"], [0, 0], ["a", "bb"],
    [1, 2, 3], {}, {"a": 0},
    {"a": "a"}, {"b": 1}, {"a": "a", "b": "bb"}, {"a": 1, "b": 2}, {"c": 1}, {"a": {}, "b": []}, {"a": None}, [[]],
    [{}], {"a": [0]}, {"a": {"a": 1}},
]  # fmt: skip


def _compared(old: Any, new: Any, direction: Direction) -> list[Severity]:
    with tempfile.TemporaryDirectory() as folder:
        return [change.severity for change in compared(Path(folder), old, new, (direction,)).changes]


@QUICK
@given(SCHEMAS)
def test_a_document_against_itself_has_no_change(schema: Any) -> None:
    assert _compared(schema, schema, Direction.REQUEST) == _compared(schema, schema, Direction.RESPONSE) == []


@QUICK
@example(PAIR_OF_TEXTS, {**PAIR_OF_TEXTS, "properties": {"a": TEXT, "b": {"oneOf": [TEXT, TEXT]}}})
@example({"anyOf": [WHOLE_OR_NULL, {**WHOLE_OR_NULL, "minimum": 0}]}, {"type": "integer"})
@example({"oneOf": [{"oneOf": [{"type": "boolean"}, TEXT]}]}, {"allOf": [LIST, {"oneOf": [{"type": "boolean"}, TEXT]}]})
@example({"oneOf": [PAIR_OF_TEXTS, LIST]}, {**PAIR_OF_TEXTS, "properties": {"a": {"type": "boolean"}, "b": TEXT}})
@example({"anyOf": [WHOLE_OR_NULL]}, {"allOf": [{"type": "integer"}, WHOLE_OR_NULL]})
@given(SCHEMAS, SCHEMAS)
def test_what_is_refused_now_is_never_called_safe(old: Any, new: Any) -> None:
    was, now = Draft202012Validator(old), Draft202012Validator(new)
    refused = [one for one in INSTANCES if was.is_valid(one) and not now.is_valid(one)]
    if refused:
        assert any(severity is not SAFE for severity in _compared(old, new, Direction.REQUEST)), refused
        assert any(severity is not SAFE for severity in _compared(new, old, Direction.RESPONSE)), refused


@QUICK
@given(st.dictionaries(st.sampled_from("abc"), SCHEMAS), SCHEMAS, st.lists(st.sampled_from("abc")), st.booleans())
def test_adding_an_optional_response_field_is_never_breaking(
    properties: Any, added: Any, required: list[str], closed: bool
) -> None:
    schema = {"type": "object", "properties": properties, "required": [name for name in required if name in properties]}
    if closed:
        schema["additionalProperties"] = False
    more = {**schema, "properties": {**properties, "new": added}}
    with tempfile.TemporaryDirectory() as folder:
        changes = found(Path(folder), answering(schema), answering(more))
    assert [change.severity for change in changes.values()] == [Severity.DANGEROUS if closed else SAFE]


@QUICK
@given(SCHEMAS, SCHEMAS)
def test_what_breaks_one_side_forwards_breaks_the_other_backwards(old: Any, new: Any) -> None:
    forwards, backwards = _compared(old, new, Direction.REQUEST), _compared(new, old, Direction.RESPONSE)
    assert bool(forwards) == bool(backwards)
    only_properties = (
        {"object"} if "object" in str((old, new)) else set()
    )  # what is added has no mirror where objects are open
    if not only_properties:
        assert (Severity.BREAKING in forwards) == (Severity.BREAKING in backwards)
