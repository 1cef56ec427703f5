"""Two event contracts compared."""

from __future__ import annotations

from sandbox.verification.diff.changes import Direction
from sandbox.verification.diff.events.model import Channel, EventApi, Flow, Message
from sandbox.verification.diff.findings import Findings, Spot
from sandbox.verification.diff.http.model import signature


def compare_events(old: EventApi, new: EventApi, findings: Findings) -> None:
    """Note all changes from `old` to `new`."""
    others = {signature(address): channel for address, channel in new.channels.items()}
    known = {signature(address) for address in old.channels}
    for address, channel in old.channels.items():
        other = others.get(signature(address))
        if other is None:
            _whole(channel, findings, "channel-removed", "the channel was removed")
        else:
            _channel(channel, other, findings)
    for address, channel in new.channels.items():
        if signature(address) not in known:
            _whole(channel, findings, "channel-added", "the channel was added")
    _servers(old, new, findings)


def _whole(channel: Channel, findings: Findings, rule: str, told: str) -> None:
    places = (channel.node, None) if rule == "channel-removed" else (None, channel.node)
    for flow in channel.flows.values():
        findings.add(rule, Spot(flow.direction, flow.title), told, *places)


def _channel(old: Channel, new: Channel, findings: Findings) -> None:
    for direction in Direction:
        before, after = old.flows.get(direction), new.flows.get(direction)
        if before is None and after is not None:
            findings.add(
                "channel-operation-added", Spot(direction, after.title), "the operation was added", None, after.node
            )
        elif after is None and before is not None:
            findings.add(
                "channel-operation-removed",
                Spot(direction, before.title),
                "the operation was removed",
                before.node,
                None,
            )
        elif before is not None and after is not None:
            _flow(before, after, findings)
    for flow in old.flows.values():
        for one, other in zip(old.parameters, new.parameters, strict=False):
            told, now = (
                None if node is None else {key: node.value.get(key) for key in ("enum", "schema")}
                for node in (one, other)
            )
            if told != now:
                spot = Spot(flow.direction, flow.title)
                findings.add(
                    "channel-parameter-changed",
                    spot,
                    "a parameter of the address takes other values",
                    one or old.node,
                    other or new.node,
                )


def _flow(old: Flow, new: Flow, findings: Findings) -> None:
    names = {name: name for name in old.messages if name in new.messages}
    left, more = (
        [name for name in old.messages if name not in names],
        [name for name in new.messages if name not in names],
    )
    if len(left) == len(more) == 1:  # the one message that is there, under another name
        names[left[0]] = more[0]
        left, more = [], []
    for name in left:
        spot = Spot(old.direction, old.title, "", name)
        findings.add("message-removed", spot, f"the message {name} was removed", old.messages[name].node, None)
    for name in more:
        spot = Spot(old.direction, old.title, "", name)
        findings.add("message-added", spot, f"the message {name} was added", None, new.messages[name].node)
    for name, other in names.items():
        _message(old.messages[name], new.messages[other], findings, Spot(old.direction, old.title, "", name))


def _message(old: Message, new: Message, findings: Findings, spot: Spot) -> None:
    if old.name is not None and old.name != new.name:
        told = f"its name went from {old.name} to {new.name or 'none'}"
        findings.add(
            "message-name-changed", spot, told, old.node.get("name") or old.node, new.node.get("name") or new.node
        )
    if old.content_type != new.content_type:
        told = f"the content type went from {old.content_type or 'none'} to {new.content_type or 'none'}"
        findings.add("message-content-type-changed", spot, told, old.node, new.node)
    if (old.foreign is None) != (new.foreign is None):
        findings.add(
            "message-content-type-changed", spot, "the payload's schema is in another language", old.node, new.node
        )
    elif old.foreign is not None and new.foreign is not None:
        if old.foreign.value != new.foreign.value:
            findings.add("message-payload-changed", spot, "the payload's schema was changed", old.foreign, new.foreign)
    else:
        findings.schemas(_at(spot, "body"), old.payload, new.payload)
    findings.schemas(_at(spot, "header"), old.headers, new.headers)


def _at(spot: Spot, part: str) -> Spot:
    """The payload is called body; headers are as in HTTP, and a consumer's own are parameters of what it sends."""
    site = (
        "request-parameter"
        if part == "header" and spot.direction is Direction.REQUEST
        else f"{spot.direction.value}-{part}"
    )
    return Spot(spot.direction, spot.operation, site, spot.subject)


def _servers(old: EventApi, new: EventApi, findings: Findings) -> None:
    spot = Spot(Direction.REQUEST, "")
    for name, node in old.servers.items():
        if new.servers and name not in new.servers:
            findings.add("channel-server-removed", spot, f"the server {name} was removed", node, None)
    for name, node in new.servers.items():
        if old.servers and name not in old.servers:
            findings.add("channel-server-added", spot, f"the server {name} was added", None, node)
