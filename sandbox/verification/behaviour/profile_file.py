"""A profile read from its file, and held against the document that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sandbox.errors import did_you_mean
from sandbox.verification.behaviour.checks import BY_ID
from sandbox.verification.behaviour.operations import Api
from sandbox.verification.behaviour.profile import Profile
from sandbox.verification.behaviour.values import named_in
from sandbox.yaml_files import Problem, YamlFile, read_yaml
from sandbox.yaml_words import Where

OWN_NAMES: Final = ("unique", "number", "receiver", "id", "base")
"""`unique`: another text for each sample; `number`: another number; `receiver`: our address; `id`: what was made."""
_CALLS: Final = ("effects", "read")


class ProfileFile:
    """A profile and the file that it stands in. Reading it raises InputError with file, line and field."""

    def __init__(self, path: Path, more_names: Iterable[str] = ()) -> None:
        self.path = path
        self._yaml: YamlFile = read_yaml(path)
        self.profile: Profile = self._yaml.validated(Profile)
        self._more = tuple(more_names)

    def check(self, api: Api) -> None:
        """Raise InputError for operations, checks, credentials and names that are not there."""
        self._yaml.refuse(self._problems(api))

    def _problems(self, api: Api) -> Iterator[Problem]:
        data: Mapping[str, Any] = self._yaml.data
        for section in ("operations", "lists"):
            yield from _unknown((section,), data.get(section) or {}, api.operations, "operation of the document")
        for where, key, value in _settings(data, ()):
            if key == "operation" and value not in api.operations:
                yield Problem(where, f"no operation of the document is called {value!r}", _near(value, api.operations))
            elif key == "as" and value not in self.profile.credentials:
                yield Problem(where, f"no credential is called {value!r}", _near(value, self.profile.credentials))
            elif key == "skip" and isinstance(value, Mapping):
                yield from _unknown(where, value, BY_ID, "check")
        for name, block in self.profile.lists.items():
            if block.write is not None and block.write not in self.profile.operations:
                remedy = _near(block.write, self.profile.operations)
                yield Problem(("lists", name, "write"), f"there is no sample of {block.write!r}", remedy)
        yield from self._names(data)

    def _names(self, data: Mapping[str, Any]) -> Iterator[Problem]:
        common = {*OWN_NAMES, *self.profile.vars, *self._more}
        blocks: list[tuple[Where, Any]] = [
            (("operations", name), one) for name, one in (data.get("operations") or {}).items()
        ]
        blocks += [((key,), one) for key, one in data.items() if key not in ("operations", "vars")]
        for where, block in blocks:
            known = {*common, *_saved(block)}
            for place, name in named_in(block, where):
                if name not in known:
                    yield Problem(place, f"nothing is known as {name!r}", did_you_mean(name, known))


def _settings(value: Any, where: Where) -> Iterator[tuple[Where, str, Any]]:
    """The keys that mean something to us; what is inside of bodies and the like means something to the API."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            if key in ("body", "events", "vars", "query", "path", "headers", "other", "where"):
                continue
            yield (*where, key), key, one
            yield from _settings(one, (*where, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _settings(one, (*where, index))


def _saved(value: Any) -> Iterator[str]:
    for _, key, one in _settings(value, ()):
        if key == "save" and isinstance(one, Mapping):
            yield from one


def _unknown(where: Where, given: Mapping[str, Any], known: Iterable[str], what: str) -> Iterator[Problem]:
    names = list(known)
    for name in given:
        if name not in names:
            yield Problem((*where, name), f"no {what} is called {name!r}", _near(name, names))


def _near(name: object, known: Iterable[str]) -> str:
    return did_you_mean(str(name), known)
