"""Two HTTP contracts compared: which operations came and went, and what differs in those that stayed."""

from __future__ import annotations

from sandbox.verification.diff.changes import Direction
from sandbox.verification.diff.findings import Findings, Spot
from sandbox.verification.diff.http.bodies import compare_request_body, compare_responses
from sandbox.verification.diff.http.model import HttpApi, Operation, signature
from sandbox.verification.diff.http.parameters import compare_parameters
from sandbox.verification.diff.http.security import compare_security

_FLIPPED = {Direction.REQUEST: Direction.RESPONSE, Direction.RESPONSE: Direction.REQUEST}


def compare_http(old: HttpApi, new: HttpApi, findings: Findings) -> None:
    """Note all changes from `old` to `new`."""
    gone, kept, come = _matched(old, new)
    ids = {one.operation_id: one for one in come if one.operation_id}
    for before in gone:
        _removed(before, old, new, ids, findings)
    for after in come:
        findings.add(
            "endpoint-added", Spot(Direction.REQUEST, after.title), "the operation was added", None, after.node
        )
    for before, after in kept:
        _operation(before, after, old, new, findings)
    for name in dict.fromkeys((*old.webhooks, *new.webhooks)):
        _hook(f"webhook {name}", old.webhooks.get(name), new.webhooks.get(name), findings)
    _servers(old, new, findings)


def _matched(old: HttpApi, new: HttpApi) -> tuple[list[Operation], list[tuple[Operation, Operation]], list[Operation]]:
    """Operations by path and method: as written first, then without the names of path parameters."""
    gone, come = dict(old.operations), dict(new.operations)
    kept = [(gone.pop(key), come.pop(key)) for key in list(gone) if key in come]
    for key in list(gone):
        other = next((one for one in come if (signature(one[0]), one[1]) == (signature(key[0]), key[1])), None)
        if other is not None:
            kept.append((gone.pop(key), come.pop(other)))
    return list(gone.values()), kept, list(come.values())


def _removed(before: Operation, old: HttpApi, new: HttpApi, ids: dict[str, Operation], findings: Findings) -> None:
    path_there = any(signature(path) == signature(before.path) for path, _ in new.operations)
    siblings = [one for (path, _), one in old.operations.items() if path == before.path]
    announced = before.deprecated if path_there else all(one.deprecated for one in siblings)
    what = "api-removed" if path_there else "api-path-removed"
    moved = ids.get(before.operation_id or "")
    told = f"the {'operation' if path_there else 'path'} was removed"
    told += f"; its operationId {moved.operation_id} is now {moved.title}" if moved else ""
    rule = f"{what}-{'with' if announced else 'without'}-deprecation"
    findings.add(rule, Spot(Direction.REQUEST, before.title), told, before.node, None)


def _operation(before: Operation, after: Operation, old: HttpApi, new: HttpApi, findings: Findings) -> None:
    spot = Spot(Direction.REQUEST, before.title)
    if before.deprecated != after.deprecated:
        rule, told = (
            ("endpoint-deprecated", "it is deprecated now")
            if after.deprecated
            else ("endpoint-reactivated", "it is deprecated no more")
        )
        findings.add(
            rule, spot, told, before.node.get("deprecated") or before.node, after.node.get("deprecated") or after.node
        )
    if before.operation_id != after.operation_id:
        rule = "api-operation-id-added" if before.operation_id is None else "api-operation-id-removed"
        told = f"operationId went from {before.operation_id or 'none'} to {after.operation_id or 'none'}"
        findings.add(
            rule, spot, told, before.node.get("operationId") or before.node, after.node.get("operationId") or after.node
        )
    compare_security(before, after, old, new, findings)
    _calls(before, after, findings, before.title, Direction.REQUEST)
    for name in dict.fromkeys((*before.callbacks, *after.callbacks)):
        _hook(f"{before.title} callback {name}", before.callbacks.get(name), after.callbacks.get(name), findings)


def _calls(before: Operation, after: Operation, findings: Findings, title: str, asked: Direction) -> None:
    compare_parameters(before, after, findings, title, asked)
    compare_request_body(before.body, after.body, findings, title, asked)
    compare_responses(before.responses, after.responses, findings, title, _FLIPPED[asked])


def _hook(title: str, before: Operation | None, after: Operation | None, findings: Findings) -> None:
    """A call that the provider makes: its request is what consumers read, its response what they write."""
    spot = Spot(Direction.RESPONSE, title)
    if before is None and after is not None:
        findings.add("webhook-added", spot, "the call was added", None, after.node)
    elif after is None and before is not None:
        findings.add("webhook-removed", spot, "the call was removed", before.node, None)
    elif before is not None and after is not None:
        _calls(before, after, findings, title, Direction.RESPONSE)


def _servers(old: HttpApi, new: HttpApi, findings: Findings) -> None:
    if not old.servers or not new.servers:
        return
    spot = Spot(Direction.REQUEST, "")
    for url, node in old.servers.items():
        if url.rstrip("/") not in {one.rstrip("/") for one in new.servers}:
            findings.add("server-removed", spot, f"the server {url} was removed", node, None)
    for url, node in new.servers.items():
        if url.rstrip("/") not in {one.rstrip("/") for one in old.servers}:
            findings.add("server-added", spot, f"the server {url} was added", None, node)
