"""`python -m mock_systems DIRECTORY`: write the OpenAPI 3.1 document of every mock system into a folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from mock_systems.documents import documents

USAGE = "usage: python -m mock_systems DIRECTORY    (the published ones are in contracts/openapi)"


def main(arguments: list[str]) -> int:
    """Write the documents; 0 when they are written, 2 for a wrong call."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write(USAGE + "\n")
        return 2
    folder = Path(arguments[0])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, document in documents().items():
            (folder / f"{name}.json").write_text(json.dumps(document, indent=2) + "\n")
    except OSError as error:
        sys.stderr.write(f"{folder}: {error.strerror}; name a folder that can be written\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
