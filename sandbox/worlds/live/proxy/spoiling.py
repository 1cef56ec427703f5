"""What a proxy makes of answers whose effect has happened: cut short, replaced, spoiled, or given again when old."""

from __future__ import annotations

import json
from collections import OrderedDict, deque
from typing import Final

from mock_systems.kit.faults import CallFault
from mock_systems.kit.mishaps import BROKEN_PAGE
from mock_systems.kit.poison import with_bad_rows
from mock_systems.kit.streams import Streams
from sandbox.worlds.live.proxy.exchange import Outgoing, as_json

_PATHS_MOST: Final = 1_000
_EACH_MOST: Final = 64


def malformed(answer: Outgoing) -> Outgoing:
    """A proxy's page that breaks off, in place of the answer."""
    return _with_body(answer, BROKEN_PAGE.encode(), b"text/html")


def cut_short(answer: Outgoing) -> Outgoing:
    """The first half of the answer's body, as if it were all."""
    raw = answer.body
    assert isinstance(raw, bytes), "it was read to the end"
    return _with_body(answer, raw[: len(raw) // 2], b"text/plain")


def poisoned(answer: Outgoing, fault: CallFault, streams: Streams) -> Outgoing:
    """The answer with rows of its list spoiled; the answer itself where nothing is to be spoiled."""
    raw = answer.body
    assert isinstance(raw, bytes), "it was read to the end"
    told = as_json(raw)
    spoilt = with_bad_rows(told, fault, streams)
    return answer if spoilt is told else _with_body(answer, json.dumps(spoilt).encode(), b"application/json")


class OldReplies:
    """Answers to reads, for those that are answered from the past: what a cache on the way would still have."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, deque[tuple[int, Outgoing]]] = OrderedDict()

    def keep(self, target: str, at_us: int, answer: Outgoing) -> None:
        """Keep one. Of each path and query the newest 64 stay, and the 1,000 that were asked for last."""
        self._kept.setdefault(target, deque(maxlen=_EACH_MOST)).append((at_us, answer))
        self._kept.move_to_end(target)
        if len(self._kept) > _PATHS_MOST:
            self._kept.popitem(last=False)

    def find(self, target: str, since_us: int) -> Outgoing | None:
        """The oldest one that is not from before `since_us`."""
        kept = self._kept.get(target, ())
        return next((answer for at_us, answer in kept if at_us >= since_us), None)


def _with_body(answer: Outgoing, raw: bytes, media: bytes) -> Outgoing:
    replaced = (b"content-type", b"content-length", b"etag")
    headers = [(key, value) for key, value in answer.headers if key.lower() not in replaced]
    return Outgoing(
        answer.status, [*headers, (b"content-type", media), (b"content-length", str(len(raw)).encode())], raw
    )
