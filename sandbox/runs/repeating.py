"""The command line that repeats a run."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence


def repeat_command(scenario: str, options: Mapping[str, str | None], more: Sequence[str] = ()) -> str:
    """`sandbox run` of this scenario with the options that are not None, and `more` words as they are."""
    words = [word for name, value in options.items() if value is not None for word in (name, value)]
    return shlex.join(["sandbox", "run", scenario, *words, *more])
