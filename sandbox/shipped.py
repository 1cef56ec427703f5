"""Folders that a team reads, edits and adds to: the user's own first, then what came with the sandbox."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped_folder(name: str) -> Path:
    """`name/` as it came with the sandbox: inside an installed wheel, or beside the package in a clone."""
    installed = _PACKAGE / "shipped" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def folders(name: str) -> list[Path]:
    """The folders called `name` that are searched, in this order."""
    own, shipped = Path.cwd() / name, shipped_folder(name)
    if own.is_dir() and own.resolve() != shipped.resolve():
        return [own, shipped]
    return [shipped]
