"""Live landscapes for tests: free ports, a small scenario, real processes."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

from sandbox.runs.library import find_design
from sandbox.runs.live_landscape import LiveLandscape, LiveRequest, planned
from sandbox.runs.scenario import Scenario

# What a landscape takes above its base: the core, systems, servers, a standby, admin APIs, two workers.
_PLACES = (*range(10), *range(11, 16), 21, 22)
# Below the ports that the kernel gives to callers, of which thousands may be in use, or wait after it.
_FIRST_BASE = 20_000
_BASES = 400


def free_base() -> int:
    """A port base above which the ports that a landscape takes are free just now."""
    for turn in range(_BASES):
        # Test processes have ids in a row and ask at once: none may meet what another is about to start.
        base = _FIRST_BASE + (os.getpid() * 97 + turn) % _BASES * 30
        probes = [socket.socket() for _ in _PLACES]
        try:
            for place, probe in zip(_PLACES, probes, strict=True):
                probe.bind(("127.0.0.1", base + place))
        except OSError:
            continue
        else:
            return base
        finally:
            for probe in probes:
                probe.close()
    raise AssertionError("no free ports")


def small_landscape(scenario: Scenario, folder: Path, **asked: Any) -> LiveLandscape:
    """All of a scenario's systems and the reference core, on free ports; `asked` goes into the request."""
    given: dict[str, Any] = {"design": find_design("hybrid"), "speed": 300.0, **asked}
    request = LiveRequest(scenario=scenario, seed=scenario.seed, folder=folder, port_base=free_base(), **given)
    return planned(request, {})
