"""`contracts/index.yaml`: whose each contract is, in which version, in what state of its life, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from sandbox.verification.published.contract import Kind, published_path
from sandbox.yaml_files import Problem, read_yaml

INDEX: Final = "index.yaml"
_CLOSED: Final = ConfigDict(extra="forbid", frozen=True)
Version = Annotated[str, Field(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$", description="major.minor.patch")]


class State(StrEnum):
    """A contract's state of life: `draft` may change as it likes, `retired` is spoken by nobody any more."""

    DRAFT = "draft"
    ACTIVE = "active"
    DEPRECATED = "deprecated"
    RETIRED = "retired"


class Entry(BaseModel):
    """One version of a contract. Of an event, older versions have entries of their own."""

    model_config = _CLOSED

    kind: Kind
    name: str = Field(min_length=1)
    version: Version
    owner: str = Field(min_length=1, description="who answers for it")
    state: State
    since: date = Field(description="when this version was published")
    deprecated: date | None = Field(default=None, description="since when it is deprecated")
    sunset: date | None = Field(default=None, description="when it is spoken no more")

    @property
    def path(self) -> Path:
        """Its file, from the folder of the index."""
        return published_path(self.kind, self.name, self.version)

    @property
    def is_current(self) -> bool:
        """Whether somebody speaks it."""
        return self.state is not State.RETIRED


class Index(BaseModel):
    """All contracts."""

    model_config = _CLOSED

    contracts: list[Entry] = Field(min_length=1)

    def of(self, kind: Kind, name: str) -> Entry | None:
        """The entry that is current."""
        found = (one for one in self.contracts if (one.kind, one.name) == (kind, name) and one.is_current)
        return next(found, None)


def read_index(folder: Path) -> Index:
    """The index of a folder of contracts. Raises InputError with file, line and field for whatever does not fit."""
    file = read_yaml(folder / INDEX)
    index = file.validated(Index)
    file.refuse(_problems(index, folder))
    return index


def _problems(index: Index, folder: Path) -> Iterator[Problem]:
    current: set[tuple[Kind, str]] = set()
    for position, entry in enumerate(index.contracts):
        where = ("contracts", position)
        for key, message, remedy in _of_entry(entry):
            yield Problem((*where, key), message, remedy)
        if not (folder / entry.path).is_file():
            yield Problem(
                (*where, "name"), f"there is no {entry.path}", "write it: sandbox contracts published --write"
            )
        if entry.is_current and (entry.kind, entry.name) in current:
            remedy = "one version of a contract is current; retire the others"
            yield Problem((*where, "version"), f"{entry.kind.value} {entry.name} stands there twice", remedy)
        if entry.is_current:
            current.add((entry.kind, entry.name))


def _of_entry(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """Key, what is wrong with it, and the remedy."""
    if entry.state is State.DEPRECATED and entry.deprecated is None:
        yield "state", "it is deprecated, and nobody says since when", "add deprecated: a date"
    if entry.state is State.RETIRED and entry.sunset is None:
        yield "state", "it is retired, and nobody says since when", "add sunset: a date"
    if entry.state in (State.DRAFT, State.ACTIVE) and entry.deprecated is not None:
        yield "deprecated", f"it is {entry.state.value} and has the date of a deprecated one", "set state: deprecated"
    if entry.deprecated is not None and entry.deprecated < entry.since:
        yield "deprecated", "it is deprecated before it was published", "give a later date"
    if entry.sunset is not None and entry.sunset < (entry.deprecated or entry.since):
        yield "sunset", "it goes before it is deprecated or published", "give a later date"
