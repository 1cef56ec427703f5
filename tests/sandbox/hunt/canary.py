"""A core with a bug that any hunt must find: what may have happened is done again, under another key, unasked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sandbox.core.design import Design
from sandbox.core.hub import Hub
from sandbox.core.ports import Ports
from sandbox.core.systems.credentials import Credential


def core(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> Hub:
    """Retries blindly."""
    safety = replace(design.safety, look_up_unknown=False, idempotency_keys=False)
    return Hub(ports, replace(design, safety=safety), credentials)
