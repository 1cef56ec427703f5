"""Files that extend others: what is merged, and that each mistake is told of the file that has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from sandbox.errors import InputError
from sandbox.yaml_extends import read_extended
from sandbox.yaml_files import SeveralInputErrors, parse_yaml

keys = st.sampled_from(["a", "b", "c"])
leaves = st.none() | st.integers(0, 9) | st.lists(st.integers(0, 9), max_size=2)
trees = st.dictionaries(keys, st.recursive(leaves, lambda inner: st.dictionaries(keys, inner, max_size=3)), min_size=1)
MISSING = object()


class Size(BaseModel):
    model_config = ConfigDict(extra="forbid")
    width: int
    height: int = 1


class Box(BaseModel):
    model_config = ConfigDict(extra="forbid")
    extends: str | None = None
    title: str
    size: Size


def at(tree: Any, path: tuple[str, ...]) -> Any:
    """What stands at the path."""
    for key in path:
        if not isinstance(tree, dict) or key not in tree:
            return MISSING
        tree = tree[key]
    return tree


def paths(tree: Any, to: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """All paths in the tree, its own first."""
    inner = [path for key, value in tree.items() for path in paths(value, (*to, key))] if isinstance(tree, dict) else []
    return [to, *inner]


@given(trees, trees)
def test_the_upper_file_wins_and_the_lower_fills_its_mappings(upper: dict[str, Any], lower: dict[str, Any]) -> None:
    below = parse_yaml(json.dumps(lower), "lower.yaml")
    merged = parse_yaml(json.dumps(upper), "upper.yaml").over(below).data
    assert below.data == lower, "the lower file itself is as it was"
    for path in {*paths(upper), *paths(lower), *paths(merged)}:
        mine, theirs, found = at(upper, path), at(lower, path), at(merged, path)
        shut = any(
            not isinstance(at(upper, path[:n]), dict) and at(upper, path[:n]) is not MISSING for n in range(len(path))
        )
        if mine is not MISSING and not isinstance(mine, dict):
            assert found == mine
        elif mine is MISSING:
            assert found == theirs if not shut else found is MISSING
        else:
            assert isinstance(found, dict)


def box(folder: Path, **texts: str) -> str:
    """The message with which `top.yaml` is refused; the other files lie beside it."""
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_extended(folder / "top.yaml", found).validated(Box)
    return str(refused.value).replace(f"{folder}/", "")


def found(name: str, beside: Path) -> Path:
    """The file of this name in the folder."""
    if not (beside / name).is_file():
        raise InputError(f"there is no file {name!r}", remedy="look again")
    return beside / name


TOP = "title: top\nextends: low.yaml\n"
BROKEN = [
    ({"top": TOP}, "top.yaml:2: extends: there is no file 'low.yaml'; look again"),
    (
        {"top": "title: top\nextends: top.yaml\n"},
        "top.yaml:2: extends: goes round in a circle: top.yaml extends top.yaml;",
    ),
    (
        {"top": TOP, "low": "\nextends: mid.yaml\n", "mid": "extends: low.yaml\n"},
        "mid.yaml:1: extends: goes round in a circle: low.yaml extends mid.yaml extends low.yaml; leave one of them",
    ),
    (
        {"top": "title: top\nextends: [a, b]\n"},
        "top.yaml:2: extends: the name of one file was expected; write extends:",
    ),
    ({"top": "extends:\ntitle: top\n"}, "top.yaml:1: extends: the name of one file was expected"),
    ({"top": TOP, "low": ""}, "low.yaml:1: nothing is in it; it needs at least one key"),
    ({"top": TOP, "low": "- a\n"}, "low.yaml:1: keys and values were expected"),
    ({"top": TOP, "low": "size: [a\n"}, "low.yaml:2: is not YAML"),
    ({"top": TOP, "low": "\nsize: {width: x}\n"}, "low.yaml:2: size.width: a whole number was expected"),
    ({"top": TOP + "size: {width: x}\n", "low": "size: {width: 2}\n"}, "top.yaml:3: size.width: a whole number"),
    ({"top": TOP, "low": "size:\n  widht: 2\n"}, "low.yaml:2: size.widht: unknown key; did you mean 'width'?"),
    ({"top": TOP, "low": "\nsize: {}\n"}, "low.yaml:2: size.width: is missing"),
    ({"top": TOP + "size: {}\n", "low": "size: {}\n"}, "top.yaml:3: size.width: is missing"),
    ({"top": TOP, "low": "title: low\n"}, "top.yaml:1: size: is missing"),
    (
        {"top": TOP + "size: null\n", "low": "size: {width: 2}\n"},
        "top.yaml:3: size: keys and values was expected, not nothing",
    ),
]


@pytest.mark.parametrize(("texts", "told"), BROKEN)
def test_a_mistake_is_told_of_the_file_that_has_it(tmp_path: Path, texts: dict[str, str], told: str) -> None:
    assert box(tmp_path, **texts).startswith(told)


def test_mistakes_of_several_files_are_told_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "low.yaml").write_text("size: {width: x}\n")
    (tmp_path / "top.yaml").write_text("extends: low.yaml\n\n\ntitle: 1\nsize: {height: y}\n")
    with pytest.raises(SeveralInputErrors) as refused:
        read_extended(tmp_path / "top.yaml", found).validated(Box)
    told = [(Path(error.file or "").name, error.line, error.field) for error in refused.value.errors]
    assert told == [("top.yaml", 4, "title"), ("top.yaml", 5, "size.height"), ("low.yaml", 1, "size.width")]


def test_a_chain_of_files_and_two_ways_to_one_name(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "top.yaml").write_text("extends: low.yaml\n")
    (tmp_path / "low.yaml").write_text("extends: top.yaml\nsize: {width: 3}\n")
    (tmp_path / "top.yaml").write_text("title: deepest\nsize: {width: 2, height: 5}\n")
    read = read_extended(tmp_path / "sub" / "top.yaml", lambda name, _: found(name, tmp_path)).validated(Box)
    assert (read.title, read.size.width, read.size.height) == ("deepest", 3, 5), "same name, other file: no circle"
