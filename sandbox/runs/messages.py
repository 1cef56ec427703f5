"""The webhooks and events of a run, for those who want to check them; the run itself judges by the books alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from sandbox.records.summary import ContractResult, Summary

CORE: Final = "core"
# Only where real bytes go out are headers those of the wire.
_SIGNATURE: Final = "webhook-signature"


class MessageWitness(Protocol):
    """Checks messages. `source` is the system that sent one, or `core`; the same webhook may come again."""

    def hear(self, at_us: int, source: str, headers: Mapping[str, str], message: Any) -> bool:
        """One was sent; whether it is new."""

    def result(self, plan: Sequence[Mapping[str, Any]]) -> ContractResult:
        """What they came to, under this fault plan."""


class Keeps(Protocol):
    """Keeps messages."""

    def message(self, message: Mapping[str, Any]) -> None:
        """One as it was sent."""


class Messages:
    """Has each message heard by `witness`, and kept by `writer` when it is new."""

    def __init__(self, witness: MessageWitness, writer: Keeps) -> None:
        self._witness = witness
        self._writer = writer

    def sent(self, at_us: int, source: str, headers: Mapping[str, str], message: Any) -> None:
        """A message was sent."""
        if self._witness.hear(at_us, source, headers, message):
            told = {"headers": dict(headers)} if _SIGNATURE in headers else {}
            self._writer.message({"at_us": at_us, "source": source, **told, "body": message})

    def result(self, plan: Sequence[Mapping[str, Any]]) -> ContractResult:
        """What the witness says."""
        return self._witness.result(plan)


def hear_files(messages: Messages, files: Sequence[Path]) -> None:
    """Have the messages heard that the processes of a live run kept. A line that a kill tore is no message."""
    for path in files:
        with path.open("rb") as file:
            for line in file:
                try:
                    told = json.loads(line)
                except ValueError:
                    continue
                messages.sent(told["at_us"], told["source"], told.get("headers", {}), told["body"])


def with_contracts(summary: Summary, messages: Messages) -> Summary:
    """What a run came to, with what its messages did."""
    return summary.model_copy(update={"contracts": messages.result(summary.plan)})
