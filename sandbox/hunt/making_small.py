"""What comes after a find: it is shrunk, kept, and held against the reference core, and never lost on the way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.hunt.finding import Finding, write_finding
from sandbox.hunt.reference import beside_reference
from sandbox.hunt.shrinking.attempts import CarryOut, Hear, Progress, unheard
from sandbox.hunt.shrinking.shrinker import carried_out, shrink

_ABOUT: Final = "reference core"


@dataclass(frozen=True, slots=True)
class Small:
    """A finding made small, and its file; `stopped` where somebody ended it before its time."""

    finding: Finding
    file: Path
    stopped: bool = False


def made_small(
    found: Finding,
    folder: Path,
    budget_s: float | None = None,
    hear: Hear = unheard,
    carry_out: CarryOut = carried_out,
    *,
    instead_of: Path | None = None,
) -> Small:
    """Shrink the finding within `budget_s` of wall time, keep it in the folder, and hold it against the reference core.

    `instead_of` is the file in whose place it is put. Its file is whole at any time: it is written as soon as it is
    small, and once more with the reference core's answer. `hear` may raise KeyboardInterrupt: kept is the smallest so
    far then, with the answer where there is one. Raises NotReproduced, with nothing written, and OSError.
    """
    shrunk = shrink(found, budget_s, hear, carry_out)
    small = shrunk.finding
    file = write_finding(folder, small)
    if instead_of is not None and instead_of != file:
        instead_of.unlink()
    if shrunk.stopped:
        return Small(small, file, stopped=True)
    try:
        hear(_progress(small))
        held = beside_reference(small, carry_out)
        write_finding(folder, held)
        small = held
        hear(_progress(small))
    except KeyboardInterrupt:
        return Small(small, file, stopped=True)
    return Small(small, file)


def _progress(small: Finding) -> Progress:
    trial, told = small.trial, small.minimality
    orders = None if trial.orders is None else len(trial.orders)
    return Progress(_ABOUT, 0 if told is None else told.runs, len(trial.atoms), orders)
