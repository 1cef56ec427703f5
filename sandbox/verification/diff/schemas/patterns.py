"""Which of two regular expressions takes more: told by strings drawn from both, never guessed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from enum import Enum, auto
from importlib import import_module
from typing import Any

_parser: Any = import_module("re._parser")
TRIVIAL = frozenset(("", ".*", "^.*$", "^", "$", "^(.*)$"))
"""Patterns that every string fits, but for line ends."""
_MOST = 200
_OPEN_END = 12  # repetitions tried where a pattern sets no limit
_LARGEST = 100


class Patterns(Enum):
    """What the strings that were tried say of a new pattern, seen from the old one."""

    WIDER = auto()
    NARROWER = auto()
    OTHER = auto()
    UNKNOWN = auto()


def compared_patterns(old: list[str], new: list[str]) -> tuple[Patterns, str]:
    """How the new patterns stand to the old ones, all of which hold, and a string that shows it, as words to append."""
    try:
        takes_old, takes_new = ([re.compile(text, re.ASCII) for text in texts] for texts in (old, new))
        tried = list(dict.fromkeys(string for text in (*old, *new) for string in drawn(text)))
    except (re.error, RecursionError, OverflowError):
        return Patterns.UNKNOWN, ""
    refused = next((one for one in tried if _takes(takes_old, one) and not _takes(takes_new, one)), None)
    gained = next((one for one in tried if _takes(takes_new, one) and not _takes(takes_old, one)), None)
    if refused is not None and gained is not None:
        return Patterns.OTHER, f": {refused!r} is refused now, {gained!r} is taken"
    if refused is not None:
        return Patterns.NARROWER, f": {refused!r} is refused now"
    if gained is not None:
        return Patterns.WIDER, f": {gained!r} is taken now"
    return Patterns.UNKNOWN, ""


def _takes(patterns: list[re.Pattern[str]], string: str) -> bool:
    return all(pattern.search(string) for pattern in patterns)


def drawn(pattern: str) -> list[str]:
    """Strings that a pattern is likely to take, short ones first; always the same ones."""
    parsed = _parser.parse(pattern, re.ASCII)
    found = list(itertools.islice(_of_sequence(list(parsed)), _MOST))
    return sorted(
        {one for string in found for one in (string, f"{string}-", f" {string}")}, key=lambda one: (len(one), one)
    )


def _of_sequence(parts: list[Any]) -> Iterator[str]:
    """Strings of a sequence: each part varied by itself while the others take their first form, then all together."""
    forms = [list(itertools.islice(_of_part(op, value), 12)) or [""] for op, value in parts]
    first = [form[0] for form in forms]
    yield "".join(first)
    for index, form in enumerate(forms):
        for choice in form[1:]:
            yield "".join((*first[:index], choice, *first[index + 1 :]))
    yield "".join(form[-1] for form in forms)


def _of_part(op: Any, value: Any) -> Iterator[str]:
    name = str(op)
    if name == "LITERAL":
        yield chr(value)
    elif name == "NOT_LITERAL":
        yield from (one for one in "a0-" if ord(one) != value)
    elif name == "ANY":
        yield from "a0 -"
    elif name == "IN":
        yield from _of_set(value)
    elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        yield from _repeated(*value)
    elif name == "SUBPATTERN":
        yield from _of_sequence(list(value[-1]))
    elif name == "BRANCH":
        for branch in value[1]:
            yield from itertools.islice(_of_sequence(list(branch)), 6)
    elif name == "ATOMIC_GROUP":
        yield from _of_sequence(list(value))


def _repeated(least: int, most: Any, body: Any) -> Iterator[str]:
    if least > _LARGEST:
        raise OverflowError(least)
    top = int(most) if int(most) <= _LARGEST else least + _OPEN_END
    forms = list(itertools.islice(_of_sequence(list(body)), 8)) or [""]
    for count in dict.fromkeys((max(least, 1) if top else 0, least, least + 1, top - 1, top)):
        if least <= count <= top:
            yield from (form * count for form in forms)


def _of_set(members: list[Any]) -> Iterator[str]:
    if str(members[0][0]) == "NEGATE":
        taken = set(_of_set(members[1:]))
        yield from (one for one in "a0-Z _" if one not in taken)
        return
    for op, value in members:
        if str(op) == "LITERAL":
            yield chr(value)
        elif str(op) == "RANGE":
            yield from dict.fromkeys((chr(value[0]), chr(value[1])))
        elif str(op) == "CATEGORY":
            yield from {"DIGIT": "05", "WORD": "a0_Z", "SPACE": " \t"}.get(str(value).removeprefix("CATEGORY_"), "a-")
