"""The errors that a user can put right.

    SandboxError                what went wrong, in one line
    +-- InputError              a file or value that somebody wrote: where, what, and the remedy

They are raised before anything runs; a command prints the message and exits with 2. A broken invariant of
our own is none of these: it stops the program with its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SandboxError(Exception):
    """A mistake in what the sandbox was given; its text is meant for the person who gave it."""


class InputError(SandboxError):
    """Bad input. Renders as `file:line: field: what; remedy`, leaving out what is not known.

    `line` counts from 1; `field` is a column's name or a key's path such as `faults[2].outage.for`.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        field: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.message, self.file, self.line, self.field, self.remedy = message, file, line, field, remedy
        super().__init__(message)

    def __str__(self) -> str:
        place = self.file or ""
        if self.line is not None:
            place = f"{place}:{self.line}" if place else f"line {self.line}"
        told = ": ".join(part for part in (place, self.field, self.message) if part)
        return f"{told}; {self.remedy}" if self.remedy else told


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """A remedy for an unknown name: the nearest known one, or else the list of them."""
    names = sorted(known)
    folded = {name.casefold(): name for name in reversed(names)}
    near = difflib.get_close_matches(wrong.casefold(), list(folded), n=1, cutoff=0.6)
    if near:
        return f"did you mean {folded[near[0]]!r}?"
    return "known: " + ", ".join(names) if names else "none is known here"
