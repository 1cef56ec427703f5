"""A core process that a test kills: publishes ten events, handles those below 5, and hangs in the others.

Arguments: the bus's URL and the stream. It prints what it does; the test ends it.
"""

import asyncio
import sys

from sandbox.core.ports import BusMessage
from sandbox.worlds.live.bus import open_bus


class _Silent:
    def note(self, kind: str, entity: str, /, **detail: object) -> None:
        pass


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def _handle(message: BusMessage) -> None:
    if message.event["n"] >= 5:
        _say("hanging", message.event["n"])
        await asyncio.sleep(3600)
    _say("handled", message.event["n"])


async def _main(url: str, stream: str) -> None:
    async with open_bus(url, _Silent(), stream=stream) as bus:
        bus.subscribe("billing", ["t"], _handle)
        for n in range(10):
            await bus.publish("t", {"n": n})
            _say("published", n)
        await asyncio.sleep(3600)


asyncio.run(_main(*sys.argv[1:]))
