"""`python -m tests.contract_suite.recording SYSTEM FILE`: what the core and a system say to each other on a day."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.drifts.drift import Drift
from tests.drifts.running import ran

if __name__ == "__main__":
    system, path = sys.argv[1:]
    pairs = ran(Drift("nothing", system, "", ())).pairs
    Path(path).write_text("".join(json.dumps(pair) + "\n" for pair in pairs))
