"""build/campaign.json: kept after each step, so that nothing is lost on Ctrl-C."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from sandbox.whole_files import write_whole

OUT: Final = Path(__file__).resolve().parents[2] / "build" / "campaign.json"
FINDINGS: Final = OUT.with_name("findings")


def kept() -> dict[str, Any]:
    """What is kept so far; nothing where there is no file, or no whole one."""
    try:
        told = json.loads(OUT.read_text())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def keep(**parts: Any) -> None:
    """Put these parts in the place of what is kept of them; other parts stay."""
    OUT.parent.mkdir(exist_ok=True)
    write_whole(OUT, json.dumps({**kept(), **parts}, indent=2) + "\n")
