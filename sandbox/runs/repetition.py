"""The check that a run repeats exactly: once more in another interpreter, with another hash seed."""

from __future__ import annotations

from typing import Any

from sandbox.errors import SandboxError
from sandbox.runs.library import find_scenario
from sandbox.runs.own_history import Changes, changed
from sandbox.runs.request import RunRequest, unheard
from sandbox.runs.scenario import load_scenario
from sandbox.runs.virtual_run import VirtualRun
from sandbox.worlds.virtual.determinism import repeat
from sandbox.worlds.virtual.fingerprint import Fingerprint

TARGET = "sandbox.runs.repetition:run_again"


class NotRepeated(SandboxError):
    """A run gave another fingerprint in another interpreter; the message names the first event that differs."""


def run_again(specification: dict[str, Any], fingerprint: Fingerprint) -> None:
    """Make the run that a specification means, for its fingerprint alone."""
    scenario = load_scenario(find_scenario(specification["scenario"]))
    changes = Changes(*specification["changes"])
    if changes != Changes():
        scenario = changed(scenario, changes)
    VirtualRun(scenario, specification["seed"], specification["fidelity"], fingerprint, keeps_facts=False).go(unheard)


def repeats(request: RunRequest, digest: str) -> bool:
    """Whether two fresh interpreters agree with each other and with `digest`.

    Raises NotRepeated, naming the first event in which they differ.
    """
    found = repeat(TARGET, request.specification())
    if found.difference is not None:
        raise NotRepeated(f"the run does not repeat: {found.difference}")
    return found.digest == digest
