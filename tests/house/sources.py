"""The project's Python sources, parsed once for the tests of the house rules."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One file: its path from the root, its text and its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the two packages, in the order of their paths."""
    files = sorted(path for package in ("mock_systems", "sandbox") for path in (ROOT / package).rglob("*.py"))
    return tuple(_read(path) for path in files)


@cache
def loadtests() -> tuple[Source, ...]:
    """The locustfiles: Locust loads them, nobody imports them."""
    return tuple(_read(path) for path in sorted((ROOT / "loadtests").glob("*.py")))


def _read(path: Path) -> Source:
    text = path.read_text()
    return Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text))


def dotted(node: ast.AST) -> str:
    """`a.b.c` for an attribute chain or a name, else an empty string."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""
