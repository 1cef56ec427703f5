"""The mock systems by themselves.

`python -m mock_systems DIRECTORY` writes the OpenAPI 3.1 document of each into a folder; `python -m mock_systems serve
FILE` serves one over HTTP, as the file says (docs/live.md).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from mock_systems import process
from mock_systems.documents import documents

USAGE = (
    "usage: python -m mock_systems DIRECTORY     write the OpenAPI documents (the published ones are in contracts/)\n"
    "       python -m mock_systems serve FILE    serve the system that the file describes (see docs/live.md)"
)


def main(arguments: list[str]) -> int:
    """Write the documents, or serve a system; 0 when that is done, 1 when the system failed, 2 for a wrong call."""
    if len(arguments) == 2 and arguments[0] == "serve":
        return process.main(Path(arguments[1]))
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
