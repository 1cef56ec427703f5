"""The desk's own problem codes, by HTTP status: part of its contract (see kit/problems.py)."""

from __future__ import annotations

from typing import Final

from mock_systems.kit.problems import Codes

PROBLEMS: Final[Codes] = {
    404: ("unknown-exception",),
}
