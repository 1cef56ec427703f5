"""OpenAPI Overlays: a vendor's announcement as a few actions on the contract, instead of a whole new document.

Of the Overlay Specification 1.0, targets are paths of names (`$.components.schemas.Invoice.required`, with
`['...']` for names with dots or slashes); of wildcards and filters a contract's changes have no need.
"""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

from sandbox.verification.documents.document import Node, load_document
from sandbox.verification.documents.text import full_place

_STEP = re.compile(r"\.([A-Za-z_][\w-]*)|\['([^']+)'\]|\[(\d+)\]")


def is_overlay(where: str) -> bool:
    """Whether a document is an overlay. Raises InputError where it cannot be read."""
    return load_document(full_place(where), where).root.text("overlay") is not None


def applied(overlay: str, document: str, folder: Path) -> Path:
    """The document with the overlay's actions done to it, in a file in `folder`.

    Raises InputError with file, line and field for an action that cannot be done.
    """
    root = load_document(full_place(overlay), overlay).root
    made = copy.deepcopy(load_document(full_place(document), document).data)
    actions = root.sequence("actions")
    if not actions:
        raise root.error("has no actions", "write actions: [{target: $.paths, update: {...}}]")
    for action in actions:
        _act(made, action)
    path = folder / f"{Path(overlay).stem}.json"
    path.write_text(json.dumps(made, indent=1), encoding="utf-8")
    return path


def _act(made: Any, action: Node) -> None:
    target = action.text("target")
    if target is None:
        raise action.error("has no target", "write target: $.paths['/invoices'].post")
    steps = _steps(target, action)
    if not steps:
        raise action.error("aims at the whole document", "name what is to be changed")
    around = made
    for step in steps[:-1]:
        around = _below(around, step, target, action)
    last = steps[-1]
    value = _below(around, last, target, action)
    update = action.get("update")
    if action.flag("remove"):
        del around[last]
    elif update is not None:
        around[last] = _merged(value, copy.deepcopy(update.value))
    else:
        raise action.error("does nothing", "write update: {...}, or remove: true")


def _steps(target: str, action: Node) -> list[str | int]:
    found: list[str | int] = []
    at = 1
    while target.startswith("$") and at < len(target):
        step = _STEP.match(target, at)
        if step is None:
            break
        found.append(int(step[3]) if step[3] is not None else step[1] or step[2])
        at = step.end()
    if not target.startswith("$") or at < len(target):
        raise action.error(f"{target!r} is no path of names", "write $.paths['/invoices'].post, without wildcards")
    return found


def _below(value: Any, step: str | int, target: str, action: Node) -> Any:
    if isinstance(value, dict) and step in value:
        return value[step]
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    raise action.error(f"{target} is not there: the document has no {step!r}", "look it up in the old contract")


def _merged(old: Any, new: Any) -> Any:
    """An update as the specification says: objects are merged, to a list it is appended, anything else is replaced."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: _merged(old[key], value) if key in old else value for key, value in new.items()}}
    if isinstance(old, list):
        return [*old, *(new if isinstance(new, list) else [new])]
    return new
