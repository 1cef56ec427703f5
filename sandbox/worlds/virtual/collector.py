"""The garbage collector rests during a run: it would walk a growing heap again and again, and find next to nothing."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def resting() -> Iterator[None]:
    """Freeze what there is and switch the collector off; afterwards it is on again.

    What the run made is old then: unfreezing moves it past the young generations, which would be walked at once.
    """
    was_on = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.freeze()
        gc.unfreeze()
        if was_on:
            gc.enable()
