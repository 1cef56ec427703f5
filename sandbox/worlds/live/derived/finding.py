"""Which adapter reads a system's books: one of ours by name, or a class in a file of yours."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

from sandbox.errors import InputError, did_you_mean
from sandbox.worlds.live.derived.adapter import Factory
from sandbox.worlds.live.derived.erp_adapter import ErpAdapter

OURS: Final[Mapping[str, Factory]] = {"erp": ErpAdapter}


def find_adapter(wanted: str, beside: Path) -> Factory:
    """The adapter of that name, or `FILE.py:CLASS`, by path from `beside`. Raises InputError."""
    if wanted in OURS:
        return OURS[wanted]
    path, colon, name = wanted.rpartition(":")
    if not colon or not path.endswith(".py"):
        remedy = f"{did_you_mean(wanted, OURS)}; or write FILE.py:CLASS"
        raise InputError(f"there is no fact adapter {wanted!r}", field="facts", remedy=remedy)
    file = beside / path
    if not file.is_file():
        raise InputError(f"there is no file {file}", field="facts")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = getattr(module, name, None)
    if not isinstance(found, type):
        raise InputError(f"{file} has no class {name}", field="facts")
    return cast("Factory", found)
