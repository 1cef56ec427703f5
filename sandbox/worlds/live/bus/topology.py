"""The streams and consumers on the server: made at the start, and again when the server has lost its data.

Events live in the stream NAME under the subjects `NAME.topic.TOPIC`, dead letters in `NAME-dead` under
`NAME-dead.CONSUMER`; a dead letter that is replayed comes to its one consumer as `NAME.again.CONSUMER`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, ConsumerInfo, DeliverPolicy, DiscardPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError

_NAME_IN_USE: Final = 10058
_PAGE: Final = 256


class Topology:
    """What one bus has on the server. A full stream takes no more events: none is thrown away for a new one."""

    def __init__(self, name: str, bytes_max: int, duplicate_window_us: int, ack_wait_us: int) -> None:
        self.stream = name
        self.dead_stream = f"{name}-dead"
        self._bytes_max = bytes_max
        self._duplicate_window_s = duplicate_window_us / 1_000_000
        self._ack_wait_s = ack_wait_us / 1_000_000

    def subject(self, topic: str) -> str:
        """Where events of a topic live."""
        return f"{self.stream}.topic.{topic}"

    def topic(self, subject: str) -> str:
        """The topic of a subject; what was replayed has none of its own."""
        return subject.removeprefix(f"{self.stream}.topic.")

    def again_subject(self, consumer: str) -> str:
        """Where what is replayed for one consumer lives."""
        return f"{self.stream}.again.{consumer}"

    def dead_subject(self, consumer: str) -> str:
        """Where dead letters of a consumer live."""
        return f"{self.dead_stream}.{consumer}"

    async def ensure_streams(self, jetstream: JetStreamContext) -> None:
        """Make the two streams, or change them to what they shall be. Raises NatsError."""
        subjects = [f"{self.stream}.topic.>", f"{self.stream}.again.*"]
        await self._ensure_stream(jetstream, self.stream, subjects)
        await self._ensure_stream(jetstream, self.dead_stream, [self.dead_subject("*")])

    async def ensure_consumer(self, jetstream: JetStreamContext, name: str, topics: Sequence[str]) -> None:
        """Make a durable pull consumer; one that is there keeps its place. Raises NatsError."""
        config = ConsumerConfig(
            durable_name=name,
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=self._ack_wait_s,
            max_deliver=-1,
            max_ack_pending=-1,  # what waits for its next attempt counts, too, and must not stop the others
            filter_subjects=[*(self.subject(topic) for topic in topics), self.again_subject(name)],
        )
        await jetstream.add_consumer(self.stream, config)

    async def consumers(self, jetstream: JetStreamContext) -> list[ConsumerInfo]:
        """All consumers of the events, of other processes, too. Raises NatsError."""
        found: list[ConsumerInfo] = []
        while True:
            page = await jetstream.consumers_info(self.stream, offset=len(found))
            found += page
            if len(page) < _PAGE:
                return found

    async def trim(self, jetstream: JetStreamContext, unclaimed_max: int) -> None:
        """Remove what every consumer is done with, and of unclaimed topics all but the newest. Raises NatsError."""
        floors: dict[str, int] = {}
        for info in await self.consumers(jetstream):
            floor = info.ack_floor.stream_seq if info.ack_floor is not None else 0
            for subject in info.config.filter_subjects or ():
                floors[subject] = min(floor, floors.get(subject, floor))
        kept = (await jetstream.stream_info(self.stream, subjects_filter=">")).state.subjects or {}
        for subject, count in kept.items():
            if subject not in floors and count > unclaimed_max:
                await jetstream.purge_stream(self.stream, subject=subject, keep=unclaimed_max)
            elif floors.get(subject):
                await jetstream.purge_stream(self.stream, subject=subject, seq=floors[subject] + 1)

    async def _ensure_stream(self, jetstream: JetStreamContext, name: str, subjects: list[str]) -> None:
        config = StreamConfig(
            name=name,
            subjects=subjects,
            storage=StorageType.FILE,
            discard=DiscardPolicy.NEW,
            max_bytes=self._bytes_max,
            duplicate_window=self._duplicate_window_s,
        )
        try:
            await jetstream.add_stream(config)
        except BadRequestError as error:
            if error.err_code != _NAME_IN_USE:
                raise
            await jetstream.update_stream(config)
