"""YAML that people write: every mistake gets its line, its key and words that help."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from sandbox.errors import InputError
from sandbox.yaml_files import Problem, SeveralInputErrors, key_path, parse_yaml, read_yaml


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    size: int = Field(ge=0)
    until: float | None = Field(None, alias="to")


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    parts: list[Part] = []
    named: dict[str, Part] = {}


BROKEN = [
    ("", 1, None, "title"),
    ("# only a comment\n", 1, None, "nothing is in it"),
    ("- a\n- b\n", 1, None, "keys and values were expected"),
    ("title: a\ntitel: b\n", 2, "titel", "did you mean 'title'?"),
    ("title: a\ntitle: b\n", 2, None, 'the key stands twice: "title"; keep one of them'),
    ("title: a\nparts:\n\t- size: 1\n", 3, None, "indent with spaces, not with tabs"),
    ("title: [a\n", 2, None, "is not YAML"),
    ("title: a\nparts:\n  - {size: 1}\n  - {size: -4}\n", 4, "parts[1].size", "must be at least 0, not -4"),
    ("title: a\nparts:\n  - {size: big}\n", 3, "parts[0].size", "a whole number was expected, not 'big'"),
    (
        "title: a\nparts: {size: 1}\n",
        2,
        "parts",
        "a list (items that begin with '- ') was expected, not keys and values",
    ),
    ("title: a\nnamed:\n  x:\n    size: 1\n    tto: 3\n", 5, "named.x.tto", "did you mean 'to'?"),
    ("parts: []\n", 1, "title", "is missing; add it: title: …"),
    ("title: a\nparts:\n- to: 1\n", 3, "parts[0].size", "is missing"),
]


@pytest.mark.parametrize(("text", "line", "field", "words"), BROKEN)
def test_a_mistake_names_line_field_and_remedy(text: str, line: int, field: str | None, words: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "x.yaml").validated(Whole)
    assert (caught.value.line, caught.value.field) == (line, field)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"x.yaml:{line}: ")


def test_all_mistakes_are_told_in_the_order_of_their_lines() -> None:
    with pytest.raises(SeveralInputErrors) as caught:
        parse_yaml("parts:\n  - {size: x}\n  - {sise: 1}\n", "x.yaml").validated(Whole)
    assert [(error.line, error.field) for error in caught.value.errors] == [
        (1, "title"),
        (2, "parts[0].size"),
        (3, "parts[1].sise"),
    ], "a key that is missing because it was misspelt is told once"
    assert str(caught.value).count("\n") == 2


def test_a_check_of_ones_own_points_to_the_deepest_known_key() -> None:
    source = parse_yaml("title: a\nparts:\n  - {size: 1}\n", "x.yaml")
    with pytest.raises(InputError, match=r"x.yaml:3: parts\[0\]\.size\.unit: is odd; mend it"):
        source.refuse([Problem(("parts", 0, "size", "unit"), "is odd", "mend it")])
    source.refuse([])


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"title: a\nabout: caf\xe9\n")
    with pytest.raises(InputError, match=r"latin\.yaml:2: is not UTF-8 text; save the file as UTF-8"):
        read_yaml(tmp_path / "latin.yaml")
    with pytest.raises(InputError, match="cannot be read"):
        read_yaml(tmp_path)
    with pytest.raises(InputError, match="nested too deeply"):
        parse_yaml("a: " + "[" * 50 + "]" * 50, "x.yaml")


def test_key_paths() -> None:
    assert key_path(("faults", 2, "outage", "for")) == "faults[2].outage.for"
