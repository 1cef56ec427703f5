"""AsyncAPI 2 and 3 read into the model.

In version 2 `subscribe` is what others may read of a channel, `publish` what they may write; version 3 says what the
application does itself, `send` and `receive`.
"""

from __future__ import annotations

from sandbox.verification.diff.changes import Direction
from sandbox.verification.diff.events.model import Channel, EventApi, Flow, Message
from sandbox.verification.diff.http.model import media_type, parameter_names
from sandbox.verification.diff.schemas.view import Schema
from sandbox.verification.documents.document import Node
from sandbox.verification.documents.library import Library

_FOREIGN = ("avro", "protobuf", "raml")
_READ, _WRITTEN = Direction.RESPONSE, Direction.REQUEST


def read_asyncapi(library: Library) -> EventApi:
    """The document's channels. Raises InputError with line and pointer where it is not AsyncAPI 2 or 3."""
    return _Reader(library).api()


class _Reader:
    def __init__(self, library: Library) -> None:
        self._library, self._root, self._resolved = library, library.main.root, library.resolved_object
        self._usual = self._root.text("defaultContentType")

    def api(self) -> EventApi:
        third = str(self._root.value.get("asyncapi")).startswith("3")
        channels = self._third() if third else self._second()
        servers = {self._server(self._resolved(one)): one for _, one in self._root.mapping("servers")}
        return EventApi(self._library.version, servers, {one.address: one for one in channels}, self._root)

    def _server(self, node: Node) -> str:
        address = node.text("url") or f"{node.text('host') or ''}{node.text('pathname') or ''}"
        return f"{node.text('protocol')} {address}"

    def _second(self) -> list[Channel]:
        found = []
        for address, item in self._root.mapping("channels"):
            channel = self._resolved(item)
            flows = {}
            for word, direction in (("subscribe", _READ), ("publish", _WRITTEN)):
                operation = channel.get(word)
                if operation is not None:
                    operation.expect(dict, "keys and values")
                    flows[direction] = Flow(direction, address, self._told(operation), operation)
            found.append(Channel(address, flows, self._parameters(channel, address), channel))
        return found

    def _told(self, operation: Node) -> dict[str, Message]:
        message = operation.get("message")
        if message is None:
            return {}
        offered = (
            message.sequence("oneOf") if isinstance(message.value, dict) and "oneOf" in message.value else [message]
        )
        found = {}
        for index, one in enumerate(offered):
            target = self._resolved(one)
            ref = one.text("$ref")
            label = (
                target.text("messageId")
                or target.text("name")
                or (ref.rpartition("/")[2] if ref else f"message {index + 1}")
            )
            found[label] = self._message(target)
        return found

    def _third(self) -> list[Channel]:
        channels = {
            id(node.value): (name, node)
            for name, item in self._root.mapping("channels")
            for node in (self._resolved(item),)
        }
        flows: dict[int, dict[Direction, Flow]] = {key: {} for key in channels}
        for _, item in self._root.mapping("operations"):
            operation = self._resolved(item)
            direction = _READ if operation.text("action") == "send" else _WRITTEN
            self._flow(operation, direction, channels, flows)
            reply = operation.get("reply")
            if reply is not None:
                self._flow(self._resolved(reply), _WRITTEN if direction is _READ else _READ, channels, flows)
        found = []
        for key, (name, node) in channels.items():
            address = node.text("address") or name
            messages = {label: self._message(self._resolved(one)) for label, one in node.mapping("messages")}
            own = flows[key] or {_READ: Flow(_READ, address, messages, node)}
            found.append(Channel(address, own, self._parameters(node, address), node))
        return found

    def _flow(
        self,
        operation: Node,
        direction: Direction,
        channels: dict[int, tuple[str, Node]],
        flows: dict[int, dict[Direction, Flow]],
    ) -> None:
        told = operation.get("channel")
        if told is None:
            return
        channel = self._resolved(told)
        if id(channel.value) not in channels:
            raise told.error("refers to no channel of this document")
        name, node = channels[id(channel.value)]
        messages = {}
        for one in operation.sequence("messages"):
            ref = one.text("$ref")
            messages[ref.rpartition("/")[2] if ref else str(one.pointer[-1])] = self._message(self._resolved(one))
        if not messages:
            messages = {label: self._message(self._resolved(one)) for label, one in node.mapping("messages")}
        known = flows[id(channel.value)].get(direction)
        if known is not None:
            messages = {**known.messages, **messages}
        address = node.text("address") or name
        flows[id(channel.value)][direction] = Flow(direction, address, messages, operation)

    def _parameters(self, channel: Node, address: str) -> list[Node | None]:
        told = dict(channel.mapping("parameters"))
        return [self._resolved(told[name]) if name in told else None for name in parameter_names(address)]

    def _message(self, node: Node) -> Message:
        payload, headers = node.get("payload"), [one for one in (node.get("headers"),) if one is not None]
        content = node.text("contentType") or self._usual
        for trait in node.sequence("traits"):
            told = self._resolved(trait)
            headers += [one for one in (told.get("headers"),) if one is not None]
            content = node.text("contentType") or told.text("contentType") or content
        form = node.text("schemaFormat") or ""
        if (
            payload is not None
            and isinstance(payload.value, dict)
            and "schemaFormat" in payload.value
            and "schema" in payload.value
        ):
            form, payload = payload.text("schemaFormat") or "", payload.get("schema")
        foreign = payload if any(word in form for word in _FOREIGN) else None
        schema: Schema = () if payload is None or foreign is not None else (payload,)
        media = media_type(content) if content is not None else None
        return Message(node.text("name"), media, schema, tuple(headers), foreign, node)
