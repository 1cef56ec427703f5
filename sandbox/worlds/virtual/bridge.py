"""From SimPy to asyncio: await an event of the physics inside a task."""

from __future__ import annotations

from typing import Any

import simpy
from simpy.resources.base import Get, Put

from sandbox.worlds.virtual.loop import VirtualLoop


async def occurrence(loop: VirtualLoop, event: simpy.Event) -> Any:
    """The value of the event once it has happened; a failed event raises its own exception object.

    When the awaiting task is cancelled, a request to a resource is withdrawn, and given back if it was granted at
    the same instant.
    """
    if event.callbacks is None:
        return _outcome(event)
    happened = loop.create_future()

    def hear(_: simpy.Event) -> None:
        if not event._ok:
            event.defused = True  # it is handed over, so SimPy must not raise it as well
        if not loop.dead and not happened.done():
            happened.set_result(None)

    event.callbacks.append(hear)
    try:
        await happened
    except BaseException:
        _withdraw(event, hear)
        raise
    return _outcome(event)


def _outcome(event: simpy.Event) -> Any:
    if event._ok:
        return event._value
    event.defused = True
    raise event._value


def _withdraw(event: simpy.Event, hear: Any) -> None:
    if event.callbacks is not None and hear in event.callbacks:
        event.callbacks.remove(hear)
    if isinstance(event, Put | Get):
        if not event.triggered:
            event.cancel()
        elif isinstance(event, simpy.resources.resource.Request):
            event.resource.release(event)
        elif isinstance(event, Get) and event._ok:
            event.resource.put(event._value)
