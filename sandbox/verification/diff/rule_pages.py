"""The rules' pages in docs/contracts/rules, made from the table by `sandbox contracts rules --pages`."""

from __future__ import annotations

from pathlib import Path

from sandbox.verification.diff.rules.rule import Rule
from sandbox.verification.diff.rules.table import RULES
from sandbox.whole_files import write_whole

_MADE = "<!-- made from the rule table by sandbox contracts rules --pages docs/contracts/rules -->"


def pages() -> dict[str, str]:
    """All pages by file name: one a rule, and an index."""
    return {f"{rule.name}.md": _page(rule) for rule in RULES} | {"README.md": _index()}


def _page(rule: Rule) -> str:
    levels = [
        f"| {direction} | {severity} |"
        for direction, severity in (("request", rule.request), ("response", rule.response))
        if severity is not None
    ]
    ids = [f"- `{rule_id}`" for rule_id in dict.fromkeys(rule.ids.values())]
    parts = (_MADE, f"# {rule.name}", rule.what, rule.why, "| direction | severity |\n|---|---|\n" + "\n".join(levels))
    return "\n\n".join((*parts, "Findings are called:\n\n" + "\n".join(ids), f"Source: {rule.source}.")) + "\n"


def _index() -> str:
    rows = [
        f"| [{rule.name}]({rule.name}.md) | {rule.request or ''} | {rule.response or ''} | {rule.what} |"
        for rule in RULES
    ]
    head = (
        "What [`sandbox contracts diff`](../diff.md) judges by: each rule with its severity "
        "where consumers write (request) and where they read (response)."
    )
    return (
        "\n".join(
            (_MADE, "", "# Rules", "", head, "", "| rule | request | response | what |", "|---|---|---|---|", *rows)
        )
        + "\n"
    )


def write_pages(folder: Path) -> None:
    """Write all pages into `folder`. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        write_whole(folder / name, text)
