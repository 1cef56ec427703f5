"""Request bodies and responses compared."""

from __future__ import annotations

from sandbox.verification.diff.changes import Direction
from sandbox.verification.diff.findings import Findings, Spot
from sandbox.verification.diff.http.model import Body, Header, Media, Response
from sandbox.verification.diff.http.parameters import may_be_several


def compare_request_body(old: Body | None, new: Body | None, findings: Findings, title: str, asked: Direction) -> None:
    """Note what differs. Where the provider calls (`asked` is response), consumers read the body."""
    site = f"{asked.value}-body"
    spot = Spot(asked, title, site)
    if asked is Direction.REQUEST:
        if old is None and new is not None:
            rule = "request-body-added-required" if new.required else "request-body-added-optional"
            findings.add(rule, spot, f"a body {'is required' if new.required else 'may be sent'} now", None, new.node)
        elif new is None and old is not None:
            findings.add("request-body-removed", spot, "no body is taken any more", old.node, None)
    if old is None or new is None:
        return
    if old.required != new.required:
        rule, told = (
            ("became-required", "the body became required")
            if new.required
            else ("became-optional", "the body became optional")
        )
        findings.add(rule, spot, told, old.node.get("required") or old.node, new.node.get("required") or new.node)
    _contents(old.content, new.content, findings, spot)


def compare_responses(
    old: dict[str, Response], new: dict[str, Response], findings: Findings, title: str, read: Direction
) -> None:
    """Note what differs. Where consumers answer (`read` is request), only the bodies are compared."""
    for status, before in old.items():
        found = _covering(status, new)
        if found is not None:
            _response(before, new[found], findings, title, read, status)
        elif read is Direction.RESPONSE and status != "DEFAULT":
            good = status[:1] in "23"
            rule = f"response-{'success' if good else 'non-success'}-status-removed"
            findings.add(rule, Spot(read, title, "", status), f"status {status} was removed", before.node, None)
    for status, after in new.items():
        if status in old:
            continue
        found = _covering(status, old)
        if found is not None and status != "DEFAULT" and _covering(found, new) != status:
            _response(old[found], after, findings, title, read, status)
        elif found is None and read is Direction.RESPONSE and status != "DEFAULT":
            good = status[:1] in "23"
            rule = f"response-{'success' if good else 'non-success'}-status-added"
            findings.add(rule, Spot(read, title, "", status), f"status {status} was added", None, after.node)


def _covering(status: str, among: dict[str, Response]) -> str | None:
    """The entry that speaks for a status: itself, its range (`4XX`), or `default`."""
    return next((one for one in (status, f"{status[:1]}XX", "DEFAULT") if one in among), None)


def _response(old: Response, new: Response, findings: Findings, title: str, read: Direction, status: str) -> None:
    spot = Spot(read, title, f"{read.value}-body", status)
    if old.content or new.content:
        _contents(old.content, new.content, findings, spot)
    if read is Direction.RESPONSE:
        for name in dict.fromkeys((*old.headers, *new.headers)):
            _header(name, old, new, findings, Spot(read, title, "response-header", f"{status} header {name}"))


def _contents(old: dict[str, Media], new: dict[str, Media], findings: Findings, spot: Spot) -> None:
    asked = spot.direction is Direction.REQUEST
    kept: set[str] = set()
    for name, before in old.items():
        other = _like(name, new)
        if other is not None:
            kept.add(other)
            findings.schemas(spot, before.schema, new[other].schema)
        else:
            rule = "request-body-media-type-removed" if asked else "response-media-type-removed"
            findings.add(rule, spot, f"{name} was removed", before.node, None)
    for name, after in new.items():
        if name not in kept and _like(name, old) is None:
            rule = "request-body-media-type-added" if asked else "response-media-type-added"
            findings.add(rule, spot, f"{name} was added", None, after.node)


def _like(name: str, among: dict[str, Media]) -> str | None:
    """The same media type, or else a range (`*/*`, `text/*`) that takes it."""
    wide = (name, name.split(";")[0], f"{name.split('/')[0]}/*", "*/*")
    return next((one for one in wide if one in among), None)


def _header(name: str, old: Response, new: Response, findings: Findings, spot: Spot) -> None:
    before, after = old.headers.get(name), new.headers.get(name)
    if before is None and after is not None:
        findings.add("response-header-added", spot, "the header was added", None, after.node)
    elif after is None and before is not None:
        rule = "required-response-header-removed" if before.required else "optional-response-header-removed"
        findings.add(rule, spot, "the header was removed", before.node, None)
    elif before is not None and after is not None:
        _kept_header(before, after, findings, spot)


def _kept_header(old: Header, new: Header, findings: Findings, spot: Spot) -> None:
    if old.required != new.required:
        rule, told = (
            ("became-required", "it always comes now") if new.required else ("became-optional", "it may be missing now")
        )
        findings.add(rule, spot, told, old.node.get("required") or old.node, new.node.get("required") or new.node)
    if old.deprecated != new.deprecated:
        rule, told = (
            ("deprecated", "it is deprecated now") if new.deprecated else ("reactivated", "it is deprecated no more")
        )
        findings.add(rule, spot, told, old.node, new.node)
    if old.explode != new.explode:
        rule = f"response-header-explode-{'changed' if may_be_several(old.schema, findings) else 'without-effect'}"
        findings.add(
            rule, spot, "explode was changed", old.node.get("explode") or old.node, new.node.get("explode") or new.node
        )
    findings.schemas(spot, old.schema, new.schema, True)
