"""Rules for channels, operations and messages of AsyncAPI documents."""

from __future__ import annotations

from sandbox.verification.diff.changes import Severity
from sandbox.verification.diff.rules.rule import BREAKING, DANGEROUS, SAFE, Rule

_CHANNEL = "AsyncAPI 3.0 Channel Object and Operation Object"
_MESSAGE = "AsyncAPI 3.0 Message Object"


def _both(name: str, request: Severity, response: Severity, what: str, why: str, source: str) -> Rule:
    return Rule(name, {"": name}, request, response, what, why, source)


EVENT_RULES: tuple[Rule, ...] = (
    _both(
        "channel-removed",
        BREAKING,
        BREAKING,
        "A channel is gone, or has another address.",
        "Who listens there hears nothing, who writes there is not heard.",
        _CHANNEL,
    ),
    _both("channel-added", SAFE, SAFE, "There is a new channel.", "Nobody uses it yet.", _CHANNEL),
    _both(
        "channel-operation-removed",
        BREAKING,
        BREAKING,
        "A channel is not written to, or not read from, any more.",
        "Who listens hears nothing, who writes is not heard.",
        _CHANNEL,
    ),
    _both(
        "channel-operation-added",
        SAFE,
        SAFE,
        "A channel is written to or read from as well.",
        "Nobody uses it yet.",
        _CHANNEL,
    ),
    _both(
        "channel-parameter-changed",
        DANGEROUS,
        DANGEROUS,
        "A parameter of the channel's address came, went or takes other values.",
        "Which addresses there are is not told by the contract.",
        _CHANNEL,
    ),
    _both(
        "message-removed",
        BREAKING,
        DANGEROUS,
        "A message is gone from a channel.",
        "Sent, it is not understood any more. Who listens for it may wait in vain, and nothing fails.",
        _MESSAGE,
    ),
    _both(
        "message-added",
        SAFE,
        DANGEROUS,
        "A channel carries a further message.",
        "Nobody has to send it. Who listens meets a message that it does not know; a consumer that takes all for "
        "one kind fails.",
        _MESSAGE,
    ),
    _both(
        "message-content-type-changed",
        BREAKING,
        BREAKING,
        "A message is of another content type.",
        "The other side reads other bytes.",
        _MESSAGE,
    ),
    _both(
        "message-payload-changed",
        DANGEROUS,
        DANGEROUS,
        "A payload whose schema is Avro or Protobuf was changed.",
        "Such schemas are compared by their text: ask their own tools which changes they allow.",
        _MESSAGE,
    ),
    _both(
        "message-name-changed",
        DANGEROUS,
        DANGEROUS,
        "A message has another name.",
        "Some consumers choose their handler by it.",
        _MESSAGE,
    ),
    _both(
        "channel-server-removed",
        DANGEROUS,
        DANGEROUS,
        "A server is gone or has another address or protocol.",
        "Who took it from the document reaches nobody; most configure it themselves.",
        "AsyncAPI 3.0 Server Object",
    ),
    _both(
        "channel-server-added",
        SAFE,
        SAFE,
        "There is another server.",
        "The old ones still serve.",
        "AsyncAPI 3.0 Server Object",
    ),
)
