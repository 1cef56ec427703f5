"""Places in a JSON value that a path leads to, and a copy of the value in which they are changed.

What crosses the wire is shared by reference: nothing here changes what it was handed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

GONE: Final = object()
"""What a change returns for a value that is to be left out, and what it is handed for one that is missing."""

_INDEX = re.compile(r"\[(\d+)\]")

# Takes the value (GONE where it is missing) and the object around it, and returns what is to stand there.
Act = Callable[[Any, Any], Any]


def steps_of(path: str) -> tuple[str, ...]:
    """The steps of a path, without those that only name a variant: `(Order)` leads nowhere else."""
    return tuple(step for step in path.split("/") if step and not (step[0] == "(" and step[-1] == ")"))


def changed(value: Any, steps: tuple[str, ...], act: Act, around: Any = None) -> Any:
    """The value with `act` done at every place that the steps lead to; the same object where nothing changed."""
    if not steps:
        return act(value, around)
    step, rest = steps[0], steps[1:]
    if isinstance(value, list):
        return _in_list(value, step, rest, act)
    if isinstance(value, dict):
        return _in_object(value, step, rest, act)
    return value


def _in_object(value: dict[str, Any], step: str, rest: tuple[str, ...], act: Act) -> Any:
    if step == "*":
        made = {key: changed(below, rest, act, value) for key, below in value.items()}
        made = {key: below for key, below in made.items() if below is not GONE}
        return value if _same(made.values(), value.values()) and len(made) == len(value) else made
    if step not in value and rest:
        return value
    before = value.get(step, GONE)
    after = changed(before, rest, act, value)
    if after is before:
        return value
    if after is GONE:
        return {key: below for key, below in value.items() if key != step}
    return {**value, step: after}


def _in_list(value: list[Any], step: str, rest: tuple[str, ...], act: Act) -> Any:
    index = _INDEX.fullmatch(step)
    if step != "[]" and index is None:
        return value
    only = None if index is None else int(index[1])
    made = [changed(one, rest, act, one) if only in (None, at) else one for at, one in enumerate(value)]
    made = [one for one in made if one is not GONE]
    return value if len(made) == len(value) and _same(made, value) else made


def _same(some: Any, others: Any) -> bool:
    return all(one is other for one, other in zip(some, others, strict=False))


def found(value: Any, steps: tuple[str, ...], at: str = "") -> Iterator[tuple[str, Any]]:
    """Each place that the steps lead to: its JSON pointer, and its value or GONE where the object around lacks it."""
    if not steps:
        yield at, value
        return
    step, rest = steps[0], steps[1:]
    if isinstance(value, dict):
        keys = list(value) if step == "*" else [step]
        for key in keys:
            if key in value:
                yield from found(value[key], rest, f"{at}/{key}")
            elif not rest:
                yield f"{at}/{key}", GONE
    elif isinstance(value, list):
        index = _INDEX.fullmatch(step)
        for position, one in enumerate(value):
            if step == "[]" or (index is not None and int(index[1]) == position):
                yield from found(one, rest, f"{at}/{position}")
