"""What the virtual world raises.

VirtualWorldError
├── Deadlock             nothing can ever happen again, yet something is awaited
├── Livelock             many steps without time passing
├── UnhandledError       an exception in the core that nobody retrieved
├── IncarnationDead      a port was called by a core whose power is cut
├── OutsideWorld         sockets, threads, signals: not on a virtual clock
└── UncontrolledEntropy  wall clock, random numbers, threads, sockets inside a run
"""

from __future__ import annotations


class VirtualWorldError(Exception):
    """A run cannot go on; the message says what, where and the remedy."""


class Deadlock(VirtualWorldError):
    """Nothing is ready and no timer is set while something is awaited."""


class Livelock(VirtualWorldError):
    """So many steps were taken at one instant that time will not pass any more."""


class UnhandledError(VirtualWorldError):
    """A callback or a task failed and nobody retrieved its exception, which is the `__cause__`."""


class IncarnationDead(VirtualWorldError):
    """A port was called with the epoch of an incarnation whose power was cut."""


class OutsideWorld(VirtualWorldError, NotImplementedError):
    """The event loop was asked for something that has no place on a virtual clock."""


class UncontrolledEntropy(VirtualWorldError):
    """Something inside a run read a clock or a random source that the run does not control."""
