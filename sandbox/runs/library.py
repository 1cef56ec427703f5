"""Where scenarios and designs are found by name: the user's own `scenarios/` first, then what is shipped."""

from __future__ import annotations

from pathlib import Path

from sandbox import shipped
from sandbox.errors import InputError, did_you_mean

_DESIGNS = "designs"


def shipped_folder() -> Path:
    """The `scenarios/` that came with the sandbox: inside an installed wheel, or beside the package in a clone."""
    return shipped.shipped_folder("scenarios")


def folders() -> list[Path]:
    """The folders that are searched, in this order."""
    return shipped.folders("scenarios")


def scenarios() -> dict[str, Path]:
    """Every scenario by name; one of the user's own hides a shipped one of the same name."""
    return _named("")


def designs() -> dict[str, Path]:
    """Every design by name."""
    return _named(_DESIGNS)


def find_scenario(name: str) -> Path:
    """The file of a scenario, by name or path. Raises InputError."""
    return _find("scenario", name, scenarios(), None)


def find_design(name: str, beside: Path | None = None) -> Path:
    """The file of a design, by name or by path from `beside`. Raises InputError."""
    return _find("design", name, designs(), beside)


def _named(sub: str) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in folders():
        for path in sorted((folder / sub).glob("*.yaml")):
            found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def _find(what: str, name: str, known: dict[str, Path], beside: Path | None) -> Path:
    if name.endswith((".yaml", ".yml")) or "/" in name:
        path = (beside or Path()) / name
        if path.is_file():
            return path
        raise InputError(f"there is no {what} file {name!r}", remedy=_near(path, name, known))
    if name not in known:
        raise InputError(f"there is no {what} {name!r}", remedy=did_you_mean(name, known))
    return known[name]


def _near(path: Path, name: str, known: dict[str, Path]) -> str:
    beside = {other.name for other in path.parent.glob("*.y*ml")} if path.parent.is_dir() else set()
    return did_you_mean(path.name, beside) if beside else did_you_mean(Path(name).stem, known)
