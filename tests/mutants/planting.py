"""How a bug is planted: the reference core is built as ever, then parts of that one instance are replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

from sandbox.core.design import Design
from sandbox.core.hub import Hub
from sandbox.core.ports import Ports
from sandbox.core.systems.credentials import Credential
from sandbox.core_factory import module_of_file
from sandbox.hunt.mutant import target_of
from sandbox.hunt.target import Target, loaded
from sandbox.hunt.trial import Trial, TrialBlock

FOLDER = Path(__file__).parent

Core = Callable[[Ports, Design, Mapping[str, Credential]], Hub]


def planted(bug: Callable[[Hub], None]) -> Core:
    """A factory of the reference core with a bug, which `bug` plants in each hub before it runs: a decorator."""

    @wraps(bug)
    def core(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> Hub:
        hub = Hub(ports, design, credentials)
        bug(hub)
        return hub

    return core


def unguarded(**guards: bool) -> Core:
    """A factory of the reference core with guards of its design's `safety` switched: some bugs are what one is for."""

    def core(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> Hub:
        return Hub(ports, replace(design, safety=replace(design.safety, **guards)), credentials)

    return core


def plant(on: object, path: str, made: Callable[[Any], Any]) -> None:
    """Put `made(original)` in the place of an attribute; `path` leads there from `on`: `parts.records.inbox.admit`.

    Raises AttributeError where the core has no such part any more.
    """
    *way, name = path.split(".")
    for step in way:
        on = getattr(on, step)
    object.__setattr__(on, name, made(getattr(on, name)))


def minimal(number: str) -> tuple[Target, Trial]:
    """What is hunted for a mutant, and the trial that its file says is enough. Raises InputError."""
    target, _ = target_of(number, folder=FOLDER)
    assert target.core is not None
    written = module_of_file(Path(target.core.rpartition(":")[0])).MINIMAL
    return target, TrialBlock.model_validate(written).trial(loaded(target).span_us)
