"""Watching the core from outside: logs with a correlation id, spans, and metrics. The core knows nothing of it.

`CoreWatch` puts an ear on each of the core's ports, and changes nothing that goes through them but the span in a
traceparent.
"""

from sandbox.worlds.live.core.watching.core_watch import CoreWatch

__all__ = ["CoreWatch"]
