"""Names in a test that mean nothing, told at once: what is never found, or never strikes, would pass in silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import pytest

from mock_systems.documents import empty_systems
from sandbox.errors import did_you_mean
from sandbox.records.narration import FACTS


def has_facts(system: str, kind: str) -> bool:
    """Whether the system's ledger may have facts of the kind."""
    return (system, kind) in FACTS


def check_fact(kind: str | None, system: str | None = None) -> None:
    """Fail for a kind of fact that no ledger has, or not that of `system`, and for a system that there is none of."""
    __tracebackhide__ = True
    _check("there is no system {!r}", system, {name for name, _ in FACTS})
    kinds = {known for name, known in FACTS if system in (None, name)}
    whose = "there are" if system is None else f"{system} has"
    _check(f"{whose} no facts of kind {{!r}}", kind, kinds)


def check_struck(system: str, fault: Mapping[str, Any]) -> None:
    """Fail for an operation or a topic that the system does not have."""
    __tracebackhide__ = True
    operations, topics = _surfaces()[system]
    _check(f"{system} has no operation {{!r}}", fault.get("operation"), operations)
    _check(f"{system} sends no webhooks of {{!r}}", fault.get("topic"), topics)


def _check(told: str, name: Any, known: Iterable[str]) -> None:
    __tracebackhide__ = True
    if name is not None and name not in known:
        pytest.fail(f"{told.format(name)}; {did_you_mean(str(name), known)}", pytrace=False)


@lru_cache(maxsize=1)
def _surfaces() -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """By system: its operations, whoever calls them, and its topics."""
    return {
        system.name: (frozenset(route.operation for route in system.routes.routes), frozenset(system.topics))
        for system in empty_systems()
    }
