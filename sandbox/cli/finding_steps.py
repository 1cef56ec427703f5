"""What comes after a hunt: each finding is made small, and has its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sandbox.cli.console import err
from sandbox.cli.shrink import heard, with_page
from sandbox.errors import InputError

if TYPE_CHECKING:
    from sandbox.hunt.outcome import Outcome
    from sandbox.hunt.request import HuntResult
    from sandbox.hunt.target import Target
    from sandbox.hunt.trial import Trial

_BUDGET_S: Final = 60.0


def made_small(result: HuntResult, *, quiet: bool) -> bool:
    """Put a small finding with its page in the place of each one; whether somebody stopped it.

    Each has a minute. What can't be repeated stays as it was found, and so does what comes after a stop.
    """
    from sandbox.hunt.making_small import made_small as one_made_small

    carry_out = _remembered()
    with heard(quiet=quiet) as hear:
        for failure, (found, path) in list(result.findings.items()):
            try:
                small = one_made_small(found, path.parent, _BUDGET_S, hear, carry_out, instead_of=path)
                result.findings[failure] = (small.finding, small.file)
                if with_page(small) is None:
                    return True
            except InputError as error:
                err.print(f"{path}: {error}", markup=False)
    return False


def _remembered() -> Callable[[Target, Trial], Outcome]:
    """Several failures of one trial are shrunk along the same trials: each is carried out once."""
    from sandbox.hunt.shrinking.shrinker import carried_out

    known: dict[tuple[str, str], Outcome] = {}

    def carry_out(target: Target, trial: Trial) -> Outcome:
        key = (repr(target), trial.name)
        if key not in known:
            known[key] = carried_out(target, trial)
        return known[key]

    return carry_out
