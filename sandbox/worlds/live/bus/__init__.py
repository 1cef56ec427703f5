"""The live bus: in one process (`memory:`, `file:PATH`) or on NATS JetStream (`nats://HOST:PORT`).

- `open_bus` opens the one that a URL names; `BusConfig` says how it behaves.
- `LiveBus` is what it offers beside the core's port: its backlog, dead letters and their replay, an orderly end.
- `BusUnavailable` tells a person why it cannot be opened.
"""

from sandbox.worlds.live.bus.config import BusConfig
from sandbox.worlds.live.bus.letters import BusUnavailable, DeadLetter, LiveBus
from sandbox.worlds.live.bus.opening import open_bus

__all__ = ["BusConfig", "BusUnavailable", "DeadLetter", "LiveBus", "open_bus"]
