"""A core that fails gives a trial its outcome: `failed`, by the name of what it raised, alone and branched off."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.hunt.branching import branched
from sandbox.hunt.target import Target
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import tried
from tests.sandbox.hunt.small_targets import FEW

CORES = Path(__file__).with_name("failing_cores.py")


@pytest.mark.parametrize(
    ("core", "role"),
    [("fails", "LookupError"), ("exits", "SystemExit"), ("unheard", "LookupError"), ("unmade", "ValueError")],
)
def test_a_core_that_fails_is_what_was_found(core: str, role: str) -> None:
    target = Target("hunting_day", f"{CORES}:{core}", overrides=FEW, until="shipped")
    alone = tried(target, Trial(1))
    shared = dict(branched(target, [Trial(1), Trial(1)]))
    for outcome in (alone, *shared.values()):
        assert outcome.ended == "failed"
        assert ("failed", role) in outcome.failures
    assert {outcome.fingerprint for outcome in shared.values()} == {alone.fingerprint}
