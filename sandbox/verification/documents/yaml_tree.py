"""YAML 1.2 read with its lines, by libyaml where it is there: a megabyte in a second."""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

from sandbox.errors import InputError
from sandbox.verification.documents.tree import DEEPEST, Lines, Tree

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?\d+")
_OCTAL_OR_HEX = re.compile(r"0o[0-7]+|0x[\da-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?")
_WORDS: dict[str, Any] = {"": None, "~": None} | {
    spelt: value
    for word, value in (("null", None), ("true", True), ("false", False))
    for spelt in (word, word.title(), word.upper())
}
_TEXT = "tag:yaml.org,2002:str"


def parse_yaml_tree(text: str, file: str) -> Tree:
    """Parse YAML by its 1.2 core schema: dates, `on` and `yes` are text. Raises InputError with the line."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        told = (error.problem or "is not YAML").strip()
        raise InputError(f"is not YAML: {told}", file=file, line=mark.line + 1 if mark else None) from None
    except yaml.YAMLError as error:
        raise InputError(f"is not YAML: {str(error).splitlines()[0]}", file=file) from None
    reader = _Reader(file)
    return Tree(None if node is None else reader.value(node, 0), reader.lines)


class _Reader:
    """Lines of what a merge (`<<`) brought are kept negative: a key of one's own may stand beside it."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._known: dict[int, Any] = {}
        self.lines: Lines = {}

    def value(self, node: yaml.Node, depth: int) -> Any:
        """A node's value; an alias shares that of its anchor."""
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if id(node) in self._known:
            return self._known[id(node)]
        if depth > DEEPEST:
            raise InputError("is nested too deeply", file=self._file, line=node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return self._list(node, depth)
        return self._dict(node, depth)

    def _list(self, node: yaml.SequenceNode, depth: int) -> list[Any]:
        value: list[Any] = []
        self._known[id(node)] = value
        self.lines[id(value)] = {index: entry.start_mark.line + 1 for index, entry in enumerate(node.value)}
        value += [self.value(entry, depth + 1) for entry in node.value]
        return value

    def _dict(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        value: dict[str, Any] = {}
        self._known[id(node)] = value
        lines = self.lines[id(value)] = {}
        for key_node, entry in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise InputError("a key was expected to be text", file=self._file, line=line)
            key = str(key_node.value)
            if key == "<<" and not key_node.style:
                self._merge(value, lines, entry, depth, line)
                continue
            if lines.get(key, 0) > 0:
                raise InputError(
                    f"the key stands twice: {key!r}", file=self._file, line=line, remedy="keep one of them"
                )
            value[key], lines[key] = self.value(entry, depth + 1), line
        return value

    def _merge(
        self, value: dict[str, Any], lines: dict[str | int, int], entry: yaml.Node, depth: int, line: int
    ) -> None:
        merged = self.value(entry, depth + 1)
        for one in merged if isinstance(merged, list) else [merged]:
            for key, below in one.items() if isinstance(one, dict) else ():
                if key not in value:
                    value[key], lines[key] = below, -line


def _scalar(node: yaml.ScalarNode) -> Any:
    text = str(node.value)
    quoted = bool(node.style) or node.tag == "!"  # libyaml says '' for plain, the Python parser None
    if quoted or (node.tag == _TEXT and (text in _WORDS or _INTEGER.fullmatch(text))):  # the latter by its tag !!str
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL_OR_HEX.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text
