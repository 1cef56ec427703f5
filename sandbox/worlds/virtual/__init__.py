"""The virtual world: the sync core on a SimPy clock, where a business day takes seconds and every run repeats.

- `VirtualWorld` puts a run together; `NetworkConfig`, `StoreConfig` and `BusConfig` say how its parts behave.
- `VirtualLoop` on a `Kernel` is asyncio in virtual time; `occurrence` awaits a SimPy event there.
- `Fingerprint` is a run's identity; `repeat` and `first_difference` compare it between two interpreters.
- `VirtualWorldError` is the base of what a run can raise.
"""

from sandbox.worlds.virtual.bridge import occurrence
from sandbox.worlds.virtual.bus import BusConfig
from sandbox.worlds.virtual.determinism import Difference, Repetition, first_difference, repeat
from sandbox.worlds.virtual.errors import VirtualWorldError
from sandbox.worlds.virtual.fingerprint import Fingerprint
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.latency import NetworkConfig
from sandbox.worlds.virtual.loop import VirtualLoop
from sandbox.worlds.virtual.notes import Note
from sandbox.worlds.virtual.store import StoreConfig
from sandbox.worlds.virtual.world import VirtualWorld

__all__ = [
    "BusConfig",
    "Difference",
    "Fingerprint",
    "Kernel",
    "NetworkConfig",
    "Note",
    "Repetition",
    "StoreConfig",
    "VirtualLoop",
    "VirtualWorld",
    "VirtualWorldError",
    "first_difference",
    "occurrence",
    "repeat",
]
