"""Each mutant breaks an invariant that the catalogue names, under its minimal schedule; the reference core does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.hunt.mutant import mutant_of, mutants
from sandbox.hunt.trying import tried
from tests.mutants.not_expressible import NOT_EXPRESSIBLE
from tests.mutants.planting import FOLDER, minimal

QUICK = ("B08",)
"""Those that are tried in each `make test`; the others in `make campaign`."""

NUMBERS = [pytest.param(name, marks=() if name in QUICK else pytest.mark.campaign) for name in mutants(FOLDER)]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_mutant_is_caught_by_its_minimal_schedule(number: str) -> None:
    """By an invariant that it names; the reference core comes through the very same trial."""
    target, trial = minimal(number)
    mutant, _ = mutant_of(number, FOLDER)
    assert mutant.number == number

    caught = tried(target, trial)
    assert {invariant for invariant, _ in caught.failures} & set(mutant.invariants), caught.violations
    assert all(caught.fired.values()), "a fault of the minimal schedule never struck"

    assert tried(replace(target, core=None), trial).violations == ()


def test_what_is_planted_is_not_called_inexpressible() -> None:
    """A bug has a file, or a reason why it has none."""
    assert not set(mutants(FOLDER)) & set(NOT_EXPRESSIBLE)
    assert all(NOT_EXPRESSIBLE.values())
