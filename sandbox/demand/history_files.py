"""Where order histories and their column mappings are found."""

from __future__ import annotations

from pathlib import Path

from sandbox import shipped
from sandbox.errors import InputError, did_you_mean


def find_history(name: str, beside: Path | None = None) -> Path:
    """An order history or a column mapping: by path from `beside`, or in `scenarios/history/`. Raises InputError."""
    places = [*([beside] if beside is not None else []), *(each / "history" for each in shipped.folders("scenarios"))]
    if Path(name).is_absolute():
        places = [Path()]
    for place in places:
        for candidate in (place / name, place / f"{name}.gz"):
            if candidate.is_file():
                return candidate
    known = {path.name for place in places[-2:] if place.is_dir() for path in place.iterdir()}
    wanted = tuple(sorted(file for file in known if not file.startswith(("README", "LICENSE"))))
    raise InputError(f"there is no file {name!r}", remedy=did_you_mean(name, wanted))
