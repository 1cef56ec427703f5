"""Our mock systems, served to be verified."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from sandbox.errors import InputError, did_you_mean
from sandbox.verification.pacts.providers.served import MESSAGE_PATH, STATE_PATH, Served, at_url
from sandbox.verification.pacts.providers.states import STATES
from sandbox.verification.pacts.verifying import Provider


@contextmanager
def served_mock(system: str) -> Iterator[Provider]:
    """The mock of that name on a free port of this machine. Raises InputError where there is none."""
    if system not in STATES:
        raise InputError(f"there is no mock system {system!r}", field="--mock", remedy=did_you_mean(system, STATES))
    app = Served(system, STATES[system]())
    with at_url(app) as url:
        yield Provider(
            system,
            url,
            states=f"{url}{STATE_PATH}",
            keeper=app,
            messages=MESSAGE_PATH,
            version=version("distribution-erp-sandbox"),
            ours=True,
        )
