"""One run of a target in this interpreter, its fingerprint on standard output: what `determinism` starts.

python -m sandbox.worlds.virtual.replay TARGET < specification.json
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.worlds.virtual.fingerprint import Fingerprint

Target = Callable[[Any, Fingerprint], object]


def load(target: str) -> Target:
    """The callable that `package.module:name` or `path/to/file.py:name` means.

    Raises ValueError for what is neither.
    """
    place, _, name = target.rpartition(":")
    if not place or not name.isidentifier():
        raise ValueError(f"{target!r} names no callable: write package.module:name or path/to/file.py:name")
    if place.endswith(".py"):
        spec = importlib.util.spec_from_file_location(Path(place).stem, place)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    else:
        module = importlib.import_module(place)
    found: Target = getattr(module, name)
    return found


def main() -> None:
    """Run the target named on the command line."""
    asked = json.load(sys.stdin)
    # The target may print; the result has the standard output for itself.
    out = os.dup(1)
    os.dup2(2, 1)
    fingerprint = Fingerprint(keep=asked["keep"])
    load(sys.argv[1])(asked["specification"], fingerprint)
    events, digest = fingerprint.events, fingerprint.finish()
    kept = {block: [repr(label) for label in labels] for block, labels in fingerprint.kept.items()}
    with os.fdopen(out, "w") as file:
        json.dump({"digest": digest, "events": events, "chain": fingerprint.chain, "kept": kept}, file)


if __name__ == "__main__":
    main()
