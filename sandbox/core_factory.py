"""Cores by name: `package.module:factory` or `path/to/file.py:factory`, for both worlds."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from sandbox.errors import InputError


def core_factory(core: str) -> Callable[..., Any]:
    """The callable that the name means, which makes a core of `(ports, design, credentials)`. Raises InputError."""
    place, _, name = core.rpartition(":")
    if not place or not name.isidentifier():
        remedy = "write package.module:factory, or path/to/file.py:factory"
        raise InputError(f"{core!r} names no core", field="--core", remedy=remedy)
    try:
        module = module_of_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    except (ImportError, OSError) as error:
        raise InputError(f"cannot be imported: {error}", field="--core", remedy="check its name") from None
    made = getattr(module, name, None)
    if not callable(made):
        remedy = "name a function (ports, design, credentials) that makes a core"
        raise InputError(f"{place} has no factory {name!r}", field="--core", remedy=remedy)
    factory: Callable[..., Any] = made
    return factory


def from_anywhere(core: str) -> str:
    """The same core by a name that means it from any folder."""
    place, _, name = core.rpartition(":")
    return f"{Path(place).absolute()}:{name}" if place.endswith(".py") else core


@cache
def module_of_file(path: Path) -> ModuleType:
    """The module in a file. Raises OSError and ImportError, and whatever its code raises."""
    path = path.resolve(strict=True)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
