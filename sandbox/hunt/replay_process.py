"""One replay in an interpreter of its own: `python -m sandbox.hunt.replay_process FINDING`; the outcome as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.hunt.finding import read_finding
from sandbox.hunt.replaying import Repetition
from sandbox.hunt.trying import tried


def main(arguments: Sequence[str]) -> int:
    """Carry the trial of a finding out; 0, or 2 for a file that can't be read."""
    try:
        finding = read_finding(Path(arguments[0]))
        outcome = tried(finding.target, finding.trial)
    except SandboxError as error:
        print(error, file=sys.stderr)  # noqa: T201  whoever started it reads this
        return 2
    print(json.dumps(Repetition.of(outcome).as_json()))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
