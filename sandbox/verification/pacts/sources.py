"""Where pacts are found: files, folders, URLs; the user's own `contracts/pacts/` first, then what is shipped."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sandbox.errors import InputError, did_you_mean
from sandbox.shipped import folders
from sandbox.verification.pacts_against_openapi.pact_file import Pact, pact_files, read_pact

_PACTS: Final = "pacts"


def find_pacts(named: Iterable[str], consumers: Iterable[str] = ()) -> list[Pact]:
    """The pacts in what is named, of these consumers alone where some are; by default all of `contracts/pacts/`.

    Raises InputError with file, line and reason for one that is broken, and where there is none.
    """
    files = [file for where in named for file in _files(where)] or _standing()
    found = [read_pact(file) for file in files]
    wanted = list(consumers)
    for consumer in wanted:
        known = {pact.consumer for pact in found}
        if consumer not in known:
            raise InputError(f"no pact is of {consumer!r}", field="--consumer", remedy=did_you_mean(consumer, known))
    return [pact for pact in found if not wanted or pact.consumer in wanted]


def _files(where: str) -> list[str]:
    path = Path(where)
    if not path.exists():
        return [where]  # a URL, or it is told when it is read
    found = [str(one) for one in pact_files(path)]
    if not found:
        raise InputError("no pact is in it", file=where, remedy="name a folder with pact files (*.json)")
    return found


def _standing() -> list[str]:
    """All of `contracts/pacts/`: a file of the user's own hides a shipped one of the same name."""
    found: dict[str, str] = {}
    for folder in folders("contracts"):
        for path in sorted((folder / _PACTS).glob("*.json")):
            found.setdefault(path.name, str(path))
    if not found:
        raise InputError("no pact is in contracts/pacts", remedy="name some with --pact")
    return [found[name] for name in sorted(found)]
