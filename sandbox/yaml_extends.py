"""Files that say `extends: other.yaml`: they take from the other file what they don't say themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sandbox.errors import InputError
from sandbox.yaml_files import Problem, YamlFile, read_yaml

EXTENDS = "extends"
Find = Callable[[str, Path], Path]


def read_extended(path: Path, find: Find) -> YamlFile:
    """The file at `path`, laid over the one that it extends, that over the next, and so on.

    `find` gives the file that a name means, seen from a folder, or raises InputError. Raises InputError for a file that
    cannot be read, or that comes back to itself.
    """
    chain = [(path, read_yaml(path))]
    while (following := _following(*chain[-1], find)) is not None:
        read = [earlier.resolve() for earlier, _ in chain]
        if following.resolve() in read:
            raise _circle(chain, read.index(following.resolve()))
        chain.append((following, read_yaml(following)))
    whole = chain[-1][1]
    for _, file in reversed(chain[:-1]):
        whole = file.over(whole)
    return whole


def _following(path: Path, file: YamlFile, find: Find) -> Path | None:
    if not isinstance(file.data, Mapping) or EXTENDS not in file.data:
        return None
    name, remedy = file.data[EXTENDS], f"write {EXTENDS}: other.yaml, or leave it out"
    if not isinstance(name, str) or not name:
        raise file.error(Problem((EXTENDS,), "the name of one file was expected", remedy))
    try:
        return find(name, path.parent)
    except InputError as error:
        raise file.error(Problem((EXTENDS,), error.message, error.remedy)) from None


def _circle(chain: list[tuple[Path, YamlFile]], back_to: int) -> InputError:
    names = [path.name for path, _ in chain[back_to:]]
    told = " extends ".join([*names, names[0]])
    return chain[-1][1].error(Problem((EXTENDS,), f"goes round in a circle: {told}", "leave one of them out"))
