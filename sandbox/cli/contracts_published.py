"""`sandbox contracts published`: the contracts that are published, whose they are, and whether they still hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from sandbox.cli.console import FINDINGS, err, out, say_json, told
from sandbox.errors import InputError, did_you_mean
from sandbox.shipped import shipped_folder
from sandbox.verification.outcome import Check, Finding, Outcome, Verdict
from sandbox.verification.published.checking import Checked, check, unspoken
from sandbox.verification.published.contract import Contract
from sandbox.verification.published.index import Entry, State, read_index
from sandbox.verification.published.previous import against as known_from
from sandbox.verification.published.running import running
from sandbox.verification.published.writing import release as released
from sandbox.verification.published.writing import write as written

_CHANGES_MOST = 5
_COLOURS = {State.DRAFT: "cyan", State.ACTIVE: "green", State.DEPRECATED: "yellow", State.RETIRED: "dim"}


@told
def published(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CONTRACT]...", help="Only these, as erp or erp/asn.received; all otherwise."),
    ] = None,
    check_them: Annotated[
        bool, typer.Option("--check", help="End with 1 where a contract runs otherwise, or needs another version.")
    ] = False,
    against: Annotated[
        str | None,
        typer.Option(metavar="REF", help="Compare with this git revision or folder, instead of what was released."),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="First write all documents and the index anew.")] = False,
    release: Annotated[
        bool, typer.Option("--release", help="Keep them as released: later changes are compared with these.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder of contracts; the sandbox's own otherwise.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as one JSON object.")] = False,
) -> None:
    """List the published contracts: OpenAPI of each system and of the core, AsyncAPI, a JSON Schema for each event.

    With --check each is held against what runs, and against the version that was released: a change needs a higher
    version, a breaking one a higher major version. Ends with 0 where all holds, with 1 where it does not, with 2 where
    the index or a document is broken.

    Examples:

        sandbox contracts published --check

        sandbox contracts published erp --check --against v1.4.0

        sandbox contracts published --write
    """
    place = folder or shipped_folder("contracts")
    spoken = running()
    if write:
        for path in written(spoken, place, datetime.now(UTC).date()):
            _say(as_json, f"wrote {path}")
    index = read_index(place)
    meant = _meant(spoken, names or [])
    with known_from(against, place) as previous:
        found = check(meant, index, place, previous)
        if release:
            for path in released([one.contract for one in found if one.may_be_released], place):
                _say(as_json, f"released {path}")
            index = read_index(place)
            found = check(meant, index, place, previous)
    gone = [] if names else unspoken(spoken, index)
    if as_json:
        retired = [one for one in index.contracts if not one.is_current and not names]
        more = {"contracts": [_row(one) for one in found], "retired": [_entry(entry) for entry in retired]}
        say_json(_outcome(found, gone).as_json(**more))
    else:
        out.print(_table(found, index.contracts if not names else []))
        _tell(found, gone)
    if (gone or any(one.findings for one in found)) and (check_them or release):
        raise typer.Exit(FINDINGS)


def _say(as_json: bool, told_line: str) -> None:
    (err if as_json else out).print(told_line, markup=False)


def _meant(spoken: Sequence[Contract], names: Sequence[str]) -> list[Contract]:
    known = {contract.name for contract in spoken}
    for name in names:
        if name not in known:
            raise InputError(f"{name!r} is no contract", field="CONTRACT", remedy=did_you_mean(name, sorted(known)))
    return [contract for contract in spoken if not names or contract.name in names]


def _outcome(found: Sequence[Checked], gone: Sequence[Entry]) -> Outcome:
    findings = [
        Finding(message=f"{one.contract.title} {finding}", contract=one.contract.name)
        for one in found
        for finding in one.findings
    ]
    findings += [Finding(message=_gone(entry), contract=entry.name) for entry in gone]
    return Outcome(
        check=Check.DIFF,
        subject="published contracts",
        verdict=Verdict.FAIL if findings else Verdict.PASS,
        tested=len(found),
        findings=findings,
        versions={one.contract.name: one.contract.version for one in found},
    )


def _gone(entry: Entry) -> str:
    return f"{entry.kind.value} {entry.name} is {entry.state.value}, and nobody speaks it: retire it, with its sunset"


def _row(one: Checked) -> dict[str, Any]:
    return {
        "kind": one.contract.kind.value,
        "name": one.contract.name,
        "version": one.contract.version,
        "entry": _entry(one.entry),
        "previous": one.previous,
        "changes": [change.as_json() for change in one.changes],
        "findings": list(one.findings),
    }


def _entry(entry: Entry | None) -> dict[str, Any] | None:
    return None if entry is None else entry.model_dump(mode="json")


def _table(found: Sequence[Checked], listed: Sequence[Entry]) -> Table:
    columns = ("contract", "version", "owner", "state", "since", "deprecated", "sunset", "released")
    table = Table(*columns, box=None, padding=(0, 2, 0, 0))
    for one in found:
        _add(table, one.contract.title, one.contract.version, one.entry, one.previous or "")
    for entry in listed:
        if not entry.is_current:
            _add(table, f"{entry.kind.value} {entry.name}", entry.version, entry, "")
    return table


def _add(table: Table, title: str, version: str, entry: Entry | None, previous: str) -> None:
    if entry is None:
        table.add_row(title, version, "", "", "", "", "", previous)
        return
    days = (str(day or "") for day in (entry.since, entry.deprecated, entry.sunset))
    table.add_row(title, version, entry.owner, Text(entry.state.value, _COLOURS[entry.state]), *days, previous)


def _tell(found: Sequence[Checked], gone: Sequence[Entry]) -> None:
    for one in found:
        for finding in one.findings:
            out.print(Text.assemble((f"{one.contract.title} ", "bold red"), finding))
            for change in one.changes[:_CHANGES_MOST]:
                out.print(Text(f"  {change.severity.value}: {change.subject}: {change.text}"))
    for entry in gone:
        out.print(Text(_gone(entry), "bold red"))
    told_ones = sum(len(one.findings) for one in found) + len(gone)
    out.print(Text(f"{len(found)} contracts: {f'{told_ones} findings' if told_ones else 'all hold'}"))
