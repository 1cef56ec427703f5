"""Publishing: the documents and the index written anew, and released for consumers to rely on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from sandbox.errors import InputError
from sandbox.verification.published.contract import Contract, Kind, published_path, released_folder
from sandbox.verification.published.index import INDEX, State
from sandbox.whole_files import write_whole

# Who answers for what is new, until the index says otherwise.
OWNERS: Final = {
    "commerce": "e-commerce",
    "erp": "finance systems",
    "wms": "warehouse systems",
    "carrier": "shipping",
    "desk": "operations",
}


def write(running: Sequence[Contract], folder: Path, today: date) -> list[Path]:
    """Write every document and the index; the files that changed.

    A version that was never released is replaced. An event's that was released is kept as retired, beside the new one.
    Raises InputError where the folder cannot be written.
    """
    changed = []
    for contract in running:
        path = folder / contract.path
        if not path.is_file() or path.read_text(encoding="utf-8") != contract.text():
            _put(path, contract.text())
            changed.append(path)

    def enter(entries: list[Any]) -> None:
        for contract in running:
            _enter(contract, entries, folder, today)

    if _rewrite_index(folder, enter):
        changed.append(folder / INDEX)
    return changed


def release(contracts: Sequence[Contract], folder: Path) -> list[Path]:
    """Keep these versions as ones that consumers know; drafts become active. The files that are new.

    Raises InputError where the folder cannot be written.
    """
    made = []
    for contract in contracts:
        path = folder / contract.released_path
        text = json.dumps(contract.document, separators=(",", ":"), ensure_ascii=False) + "\n"
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            _put(path, text)
            made.append(path)
    names = {(contract.kind.value, contract.name) for contract in contracts}

    def activate(entries: list[Any]) -> None:
        for entry in entries:
            if (entry["kind"], entry["name"]) in names and entry["state"] == State.DRAFT:
                entry["state"] = State.ACTIVE.value

    _rewrite_index(folder, activate)
    return made


def _put(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=str(path)) from None


def _rewrite_index(folder: Path, change: Callable[[list[Any]], None]) -> bool:
    path = folder / INDEX
    yaml = YAML(typ="rt")
    yaml.width = 200
    yaml.representer.ignore_aliases = _never
    tree: Any = yaml.load(path.read_text(encoding="utf-8")) if path.is_file() else CommentedMap(contracts=[])
    before = _dumped(yaml, tree)
    change(tree["contracts"])
    after = _dumped(yaml, tree)
    if path.is_file() and after == before:
        return False
    _put(path, after)
    return True


def _never(_: Any) -> bool:
    """Aliases: a date that stands in many entries is written in each."""
    return True


def _dumped(yaml: YAML, tree: Any) -> str:
    stream = StringIO()
    yaml.dump(tree, stream)
    return stream.getvalue()


def _enter(contract: Contract, entries: list[Any], folder: Path, today: date) -> None:
    current = [
        one
        for one in entries
        if (one["kind"], one["name"]) == (contract.kind.value, contract.name) and one["state"] != State.RETIRED
    ]
    if not current:
        entries.append(_entry(contract, OWNERS.get(contract.name.partition("/")[0], "integration"), today))
        return
    entry = current[-1]
    if entry["version"] == contract.version:
        return
    old = folder / published_path(contract.kind, contract.name, entry["version"])
    if contract.kind is not Kind.EVENT:
        entry["version"], entry["since"] = contract.version, today
    elif (folder / released_folder(contract.kind, contract.name) / f"{entry['version']}.json").is_file():
        new = _entry(contract, entry["owner"], today)
        new["state"] = entry["state"]
        entry["state"], entry["sunset"] = State.RETIRED.value, today
        entries.insert(entries.index(entry), new)
    else:
        entry["version"], entry["since"] = contract.version, today
        old.unlink(missing_ok=True)


def _entry(contract: Contract, owner: str, today: date) -> CommentedMap:
    entry = CommentedMap(
        kind=contract.kind.value,
        name=contract.name,
        version=contract.version,
        owner=owner,
        state=State.DRAFT.value,
        since=today,
    )
    entry.fa.set_flow_style()
    return entry
