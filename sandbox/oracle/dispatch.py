"""Who listens to which facts: a handler names them where it stands, and a table is built of that once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from mock_systems.kit.ledger import Fact

Handler = Callable[[Fact], None]
Table = Mapping[str, Mapping[str, tuple[Handler, ...]]]
Method = TypeVar("Method", bound=Callable[[Any, Fact], None])

_WATCHED = "__watched_facts__"


def on(*watched: str) -> Callable[[Method], Method]:
    """Mark a method that hears the facts `"system kind"`, like `"erp invoice.posted"`."""

    def mark(method: Method) -> Method:
        setattr(method, _WATCHED, watched)
        return method

    return mark


class Watcher:
    """Listens to some kinds of facts. `watches` lists them all: `"system kind"`."""

    watches: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.watches = tuple(sorted(watched for watched, _ in _marked(cls)))

    def handlers(self) -> list[tuple[str, str, Handler]]:
        """System, kind and the bound method that hears them, for all that this watcher hears."""
        heard = []
        for watched, name in _marked(type(self)):
            system, _, kind = watched.partition(" ")
            heard.append((system, kind, getattr(self, name)))
        return heard


def table_of(watchers: Iterable[Watcher]) -> Table:
    """All handlers by system and kind; the handlers of one fact hear it in the order of `watchers`."""
    table: dict[str, dict[str, tuple[Handler, ...]]] = {}
    for watcher in watchers:
        for system, kind, handler in watcher.handlers():
            kinds = table.setdefault(system, {})
            kinds[kind] = (*kinds.get(kind, ()), handler)
    return table


def _marked(cls: type) -> list[tuple[str, str]]:
    found: dict[str, tuple[str, ...]] = {}
    for base in reversed(cls.__mro__):
        for name, member in vars(base).items():
            if watched := getattr(member, _WATCHED, None):
                found[name] = watched
    return [(kind, name) for name, kinds in found.items() for kind in kinds]
