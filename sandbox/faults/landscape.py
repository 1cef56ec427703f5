"""The landscape that faults may strike: the systems of a run, their operations and webhook topics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Surface:
    """What of a system can be struck: the operations that the integration calls, and its webhook topics.

    `calls` are the same operations by method and path template, as a contract names them.
    """

    operations: tuple[str, ...]
    topics: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()


Landscape = Mapping[str, Surface]
