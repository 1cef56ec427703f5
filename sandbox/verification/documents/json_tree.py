"""JSON read with its lines: json.loads tells no positions, and YAML parsers refuse tabs and surrogate pairs."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from sandbox.errors import InputError
from sandbox.verification.documents.tree import DEEPEST, Lines, Tree

_BLANK = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")


def parse_json(text: str, file: str) -> Tree:
    """Parse JSON; where a key stands twice the last one counts. Raises InputError with the line where it is none."""
    reader = _Reader(text, file)
    value = reader.document()
    return Tree(value, reader.lines)


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self._text, self._file = text, file
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self.lines: Lines = {}

    def document(self) -> Any:
        value, at = self._value(self._next(0), 0)
        if self._next(at) < len(self._text):
            raise self._refusal("something stands after the end of the document", self._next(at))
        return value

    def _next(self, at: int) -> int:
        match = _BLANK.match(self._text, at)
        return match.end() if match else at

    def _line(self, at: int) -> int:
        return bisect_right(self._breaks, at - 1) + 1

    def _refusal(self, what: str, at: int) -> InputError:
        return InputError(f"is not JSON: {what}", file=self._file, line=self._line(at))

    def _value(self, at: int, depth: int) -> tuple[Any, int]:
        start = self._text[at : at + 1]
        if depth > DEEPEST:
            raise InputError("is nested too deeply", file=self._file, line=self._line(at))
        if start == "{":
            return self._object(at, depth)
        if start == "[":
            return self._array(at, depth)
        if start == '"':
            return self._string(at)
        match = _SCALAR.match(self._text, at)
        if match is None:
            raise self._refusal("a value was expected" if start else "it ends too early", at)
        return json.loads(match.group()), match.end()

    def _string(self, at: int) -> tuple[str, int]:
        try:
            value, end = scanstring(self._text, at + 1, True)
        except json.JSONDecodeError as error:
            raise self._refusal(error.msg, error.pos) from None
        return str(value), int(end)

    def _object(self, at: int, depth: int) -> tuple[dict[str, Any], int]:
        value: dict[str, Any] = {}
        lines = self.lines[id(value)] = {}
        at = self._next(at + 1)
        while self._text[at : at + 1] != "}":
            if self._text[at : at + 1] != '"':
                raise self._refusal("a key in double quotes was expected", at)
            line = self._line(at)
            key, at = self._string(at)
            at = self._next(at)
            if self._text[at : at + 1] != ":":
                raise self._refusal(f"a colon was expected after {key!r}", at)
            value[key], at = self._value(self._next(at + 1), depth + 1)
            lines[key] = line
            at = self._after_entry(at, "}")
        return value, at + 1

    def _array(self, at: int, depth: int) -> tuple[list[Any], int]:
        value: list[Any] = []
        lines = self.lines[id(value)] = {}
        at = self._next(at + 1)
        while self._text[at : at + 1] != "]":
            lines[len(value)] = self._line(at)
            entry, at = self._value(at, depth + 1)
            value.append(entry)
            at = self._after_entry(at, "]")
        return value, at + 1

    def _after_entry(self, at: int, end: str) -> int:
        at = self._next(at)
        mark = self._text[at : at + 1]
        if mark == end:
            return at
        if mark != ",":
            raise self._refusal(f"a comma or {end} was expected" if mark else "it ends too early", at)
        following = self._next(at + 1)
        if self._text[following : following + 1] == end:
            raise self._refusal(f"nothing follows the comma before {end}", at)
        return following
