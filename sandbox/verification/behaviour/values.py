"""Places in JSON values, and texts with names in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

MISSING: Final = object()
_NAME: Final = re.compile(r"\$\{([A-Za-z0-9_.-]+)\}")


def at(value: Any, pointer: str) -> Any:
    """What stands at a JSON pointer; MISSING where nothing does."""
    for part in _parts(pointer):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return MISSING
    return value


def replaced(value: Any, pointer: str, new: Any) -> Any:
    """A copy with `new` at a pointer; what is missing on the way there is made."""
    return _replaced(value, _parts(pointer), new)


def without(value: Any, pointers: list[str]) -> Any:
    """A copy in which nothing stands at these pointers."""
    for pointer in pointers:
        if at(value, pointer) is not MISSING:
            value = replaced(value, pointer, None)
    return value


def filled(value: Any, names: Mapping[str, Any]) -> Any:
    """A copy with each `${name}` replaced; a text that is one name alone becomes the value itself.

    Raises KeyError with a name that is not known.
    """
    if isinstance(value, str):
        whole = _NAME.fullmatch(value)
        if whole is not None:
            return names[whole[1]]
        return _NAME.sub(lambda found: str(names[found[1]]), value)
    if isinstance(value, Mapping):
        return {key: filled(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, names) for one in value]
    return value


def named_in(value: Any, where: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Each name that a value asks for, and the place where it does."""
    if isinstance(value, str):
        yield from ((where, found[1]) for found in _NAME.finditer(value))
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from named_in(one, (*where, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from named_in(one, (*where, index))


def with_another_number(body: Any) -> Any:
    """A copy in which the first whole number is one more; None where there is no number."""
    for pointer, value in _leaves(body, ""):
        if isinstance(value, int) and not isinstance(value, bool):
            return replaced(body, pointer, value + 1)
    return None


def _leaves(value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _leaves(one, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _leaves(one, f"{pointer}/{index}")
    else:
        yield pointer, value


def _parts(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _replaced(value: Any, parts: list[str], new: Any) -> Any:
    if not parts:
        return new
    first, rest = parts[0], parts[1:]
    if isinstance(value, list) and first.isdecimal() and int(first) < len(value):
        index = int(first)
        return [*value[:index], _replaced(value[index], rest, new), *value[index + 1 :]]
    kept = dict(value) if isinstance(value, Mapping) else {}
    return {**kept, first: _replaced(kept.get(first), rest, new)}
