"""Who listens to which facts: a handler names them where it stands, and a table is built of that once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

from mock_systems.kit.ledger import Fact

Handler = Callable[[Fact], None]
Kind = tuple[str, ...]
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

    def handlers(self) -> list[tuple[Kind, Handler]]:
        """The facts that this watcher hears, with the bound method that hears them."""
        return [(tuple(watched.split(" ")), getattr(self, name)) for watched, name in _marked(type(self))]


def table_of(watchers: Iterable[Watcher]) -> dict[Kind, tuple[Handler, ...]]:
    """All handlers by `(system, kind)`; the handlers of one fact hear it in the order of `watchers`."""
    table: dict[Kind, tuple[Handler, ...]] = {}
    for watcher in watchers:
        for kind, handler in watcher.handlers():
            table[kind] = (*table.get(kind, ()), handler)
    return table


def _marked(cls: type) -> list[tuple[str, str]]:
    found: dict[str, tuple[str, ...]] = {}
    for base in reversed(cls.__mro__):
        for name, member in vars(base).items():
            if watched := getattr(member, _WATCHED, None):
                found[name] = watched
    return [(kind, name) for name, kinds in found.items() for kind in kinds]
