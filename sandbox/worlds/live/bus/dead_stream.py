"""Dead letters on NATS: a stream of their own, from which a letter goes back to its one consumer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from nats.aio.msg import Msg
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from sandbox.worlds.live.bus.connection import NatsConnection
from sandbox.worlds.live.bus.letters import DeadLetter
from sandbox.worlds.live.bus.topology import Topology

_LISTED_MAX: Final = 1000


class DeadStream:
    """Letters by their number in the dead letters' stream."""

    def __init__(self, connection: NatsConnection, topology: Topology, publish_timeout_us: int) -> None:
        self._connection = connection
        self._topology = topology
        self._publish_timeout_us = publish_timeout_us

    async def bury(self, consumer: str, message: Msg, attempts: int, cause: str) -> None:
        """Keep a message as a dead letter, once. Raises TransportError."""
        envelope = {
            "topic": self._topology.topic(message.subject),
            "attempts": attempts,
            "cause": cause,
            "text": message.data.decode("utf-8", "replace"),
        }
        number = message.metadata.sequence.stream
        await self._publish(self._topology.dead_subject(consumer), envelope, f"{consumer}/{number}")

    async def letters(self) -> Sequence[DeadLetter]:
        """The oldest 1,000 letters. Raises NatsError."""
        jetstream, found = self._connection.jetstream, list[DeadLetter]()
        number = 0
        while len(found) < _LISTED_MAX:
            try:
                message = await jetstream.get_msg(
                    self._topology.dead_stream, seq=number + 1, subject=self._topology.dead_subject("*"), next=True
                )
            except NotFoundError:
                break
            number = message.seq or 0
            found.append(self._read(message))
        return found

    async def replay(self, letter: str) -> None:
        """Send a letter back to its consumer, then forget it. Raises KeyError, TransportError, NatsError."""
        jetstream, stream = self._connection.jetstream, self._topology.dead_stream
        try:
            message = await jetstream.get_msg(stream, seq=int(letter))
        except (NotFoundError, ValueError) as error:
            raise KeyError(letter) from error
        consumer = self._read(message).consumer
        text = json.loads(message.data or b"{}")["text"]
        again = self._topology.again_subject(consumer)
        await self._connection.publish(again, text.encode(), f"{stream}/{letter}", self._publish_timeout_us)
        await jetstream.delete_msg(stream, int(letter))

    async def _publish(self, subject: str, envelope: dict[str, Any], message_id: str) -> None:
        payload = json.dumps(envelope, ensure_ascii=False).encode()
        await self._connection.publish(subject, payload, message_id, self._publish_timeout_us)

    def _read(self, message: RawStreamMsg) -> DeadLetter:
        envelope = json.loads(message.data or b"{}")
        consumer = (message.subject or "").rpartition(".")[2]
        return DeadLetter(
            str(message.seq),
            consumer,
            envelope["topic"],
            _event(envelope["text"]),
            envelope["attempts"],
            envelope["cause"],
        )


def _event(text: str) -> Any:
    try:
        event = json.loads(text)
    except ValueError:
        return text
    return event if isinstance(event, dict) else text
