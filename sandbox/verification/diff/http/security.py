"""Who may call: security requirements and schemes compared."""

from __future__ import annotations

from typing import Any

from sandbox.verification.diff.changes import Direction
from sandbox.verification.diff.findings import Findings, Spot
from sandbox.verification.diff.http.model import HttpApi, Operation, Requirement
from sandbox.verification.documents.document import Node

_PLACE = ("name", "in")


def compare_security(before: Operation, after: Operation, old: HttpApi, new: HttpApi, findings: Findings) -> None:
    """Note credentials that are not enough any more, and schemes that changed.

    A scheme is the one of the same name, or else one that says the same.
    """
    spot = Spot(Direction.REQUEST, before.title)
    names = _renamed(before.security, old, new)
    ways = [_translated(one, names) for one in before.security]
    _requirements(ways, list(after.security), before, after, findings)
    used = {name for one in after.security for name in one.schemes}
    for name in dict.fromkeys(name for one in before.security for name in one.schemes):
        other = names.get(name, name)
        if name in old.schemes and other in new.schemes and other in used:
            _scheme(old.schemes[name], new.schemes[other], findings, Spot(spot.direction, spot.operation, "", name))


def _renamed(security: tuple[Requirement, ...], old: HttpApi, new: HttpApi) -> dict[str, str]:
    """Schemes that are called otherwise and say the same."""
    found = {}
    for name in (name for one in security for name in one.schemes):
        if name in old.schemes and name not in new.schemes:
            same = next((other for other, node in new.schemes.items() if _wire(node) == _wire(old.schemes[name])), None)
            if same is not None:
                found[name] = same
    return found


def _wire(node: Node) -> Any:
    return {key: value for key, value in node.value.items() if key not in ("description", "bearerFormat")}


def _translated(one: Requirement, names: dict[str, str]) -> Requirement:
    return Requirement({names.get(name, name): scopes for name, scopes in one.schemes.items()}, one.node)


def _requirements(
    ways: list[Requirement], now: list[Requirement], before: Operation, after: Operation, findings: Findings
) -> None:
    spot = Spot(Direction.REQUEST, before.title)
    was_open, is_open = (not some or any(not one.schemes for one in some) for some in (ways, now))
    places = before.node.get("security") or before.node, after.node.get("security") or after.node
    if is_open:
        if not was_open:
            findings.add("api-security-lifted", spot, "no credentials are needed any more", *places)
        return
    if was_open:
        told = f"it asks for {' or '.join(map(_told, now))} now"
        findings.add("api-security-became-required", spot, told, places[0], now[0].node)
    for way in ways:
        if way.schemes and not any(_enough(way, one) for one in now):
            rule, told = _why_refused(way, now)
            findings.add(rule, spot, told, way.node, places[1])
    for one in now:
        if not was_open and not any(_equal(way, one) for way in ways):
            fewer = next((way for way in ways if way.schemes.keys() == one.schemes.keys() and _enough(way, one)), None)
            if fewer is not None:
                findings.add("api-security-scope-removed", spot, f"{_told(one)} is enough now", fewer.node, one.node)
            elif not any(way.schemes.keys() <= one.schemes.keys() for way in ways):
                findings.add("api-security-added", spot, f"{_told(one)} is taken, too", places[0], one.node)


def _why_refused(way: Requirement, now: list[Requirement]) -> tuple[str, str]:
    scopes = next((one for one in now if one.schemes.keys() == way.schemes.keys()), None)
    if scopes is not None:
        return "api-security-scope-added", f"{_told(way)} is not enough any more: {_told(scopes)} is needed"
    more = next((one for one in now if one.schemes.keys() > way.schemes.keys()), None)
    if more is not None:
        return "api-security-scheme-added", f"{_told(way)} is not enough any more: {_told(more)} is needed"
    return "api-security-removed", f"{_told(way)} is not taken any more"


def _enough(way: Requirement, asked: Requirement) -> bool:
    return all(name in way.schemes and scopes <= way.schemes[name] for name, scopes in asked.schemes.items())


def _equal(one: Requirement, other: Requirement) -> bool:
    return one.schemes == other.schemes


def _told(one: Requirement) -> str:
    return " and ".join(
        f"{name} ({', '.join(sorted(scopes))})" if scopes else name for name, scopes in one.schemes.items()
    )


def _scheme(old: Node, new: Node, findings: Findings, spot: Spot) -> None:
    kind = old.text("type")
    if kind != new.text("type"):
        told = f"the scheme went from {kind} to {new.text('type')}"
        findings.add("api-security-component-type-changed", spot, told, old.get("type") or old, new.get("type") or new)
        return
    if kind == "apiKey" and any(old.value.get(key) != new.value.get(key) for key in _PLACE):
        told = f"the key went from {old.text('in')} {old.text('name')} to {new.text('in')} {new.text('name')}"
        findings.add("api-security-component-place-changed", spot, told, old, new)
    if (old.text("scheme") or "").lower() != (new.text("scheme") or "").lower():
        told = f"the HTTP scheme went from {old.text('scheme')} to {new.text('scheme')}"
        findings.add("api-security-component-scheme-changed", spot, told, old, new)
    if old.text("bearerFormat") != new.text("bearerFormat"):
        told = f"bearerFormat went from {old.text('bearerFormat')} to {new.text('bearerFormat')}"
        findings.add("api-security-component-bearer-format-changed", spot, told, old, new)
    _url(old, new, "openIdConnectUrl", findings, spot)
    _flows(old, new, findings, spot)


def _url(old: Node, new: Node, key: str, findings: Findings, spot: Spot) -> None:
    if old.value.get(key) != new.value.get(key):
        told = f"{key} went from {old.value.get(key)} to {new.value.get(key)}"
        findings.add("api-security-component-oauth-url-changed", spot, told, old.get(key) or old, new.get(key) or new)


def _flows(old: Node, new: Node, findings: Findings, spot: Spot) -> None:
    before, after = dict(old.mapping("flows")), dict(new.mapping("flows"))
    for name, flow in before.items():
        if name not in after:
            findings.add("api-security-component-oauth-flow-removed", spot, f"the flow {name} was removed", flow, new)
            continue
        for key in ("authorizationUrl", "tokenUrl", "refreshUrl"):
            _url(flow, after[name], key, findings, spot)
    for name, flow in after.items():
        if name not in before:
            findings.add("api-security-component-oauth-flow-added", spot, f"the flow {name} was added", old, flow)
