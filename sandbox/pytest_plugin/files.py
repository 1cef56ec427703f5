"""Which file a name in a test means: one beside the test or in the root comes before those that are shipped."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sandbox.pytest_plugin.options import Places
from sandbox.runs import library

_FOLDERS: Final = {"scenario": Path("scenarios"), "design": Path("scenarios/designs")}


def scenario_file(name: str | Path, places: Places, beside: Path | None = None) -> Path:
    """A scenario's file: by name, or by path from the test's folder, pytest's root or where it was started.

    Raises InputError.
    """
    return _found("scenario", name, places, beside, library.find_scenario)


def design_file(name: str | Path, places: Places, beside: Path | None = None) -> Path:
    """A design's file, in the same way. Raises InputError."""
    return _found("design", name, places, beside, library.find_design)


def written(name: str | Path, path: Path, places: Places) -> str:
    """What somebody writes who repeats the run from where pytest was started."""
    if os.fspath(name) == path.stem and path.parent in _shipped():
        return path.stem
    return os.path.relpath(path, places.started)


def _found(what: str, name: str | Path, places: Places, beside: Path | None, in_library: Callable[[str], Path]) -> Path:
    text = os.fspath(name)
    if text.endswith((".yaml", ".yml")) or "/" in text:
        candidates = [folder / text for folder in (beside, places.root, places.started) if folder is not None]
    else:
        candidates = [places.root / _FOLDERS[what] / f"{text}.yaml"]
    found = next((path for path in candidates if path.is_file()), None)
    return (found or in_library(text)).resolve()


def _shipped() -> tuple[Path, ...]:
    shipped = library.shipped_folder().resolve()
    return (shipped, shipped / "designs")
