"""Which blocks of the core's code ran: functions, branches, and handlers of exceptions, watched for almost nothing.

Each block of the core's functions gets a first statement that sets a mark in one array; the functions that are loaded
are given that code in place of their own. What a block does, and on which line it says so, stays as it is. Tracing
every line would cost several times the run.
"""

from __future__ import annotations

import ast
import gc
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final, Literal

import sandbox.core

Kind = Literal["function", "branch", "handler"]
_PACKAGE: Final = "sandbox.core"
_ARRAY: Final = "__marks__"


@dataclass(frozen=True, slots=True)
class Block:
    """One block: `line` is where its first statement stands, `function` the function that it belongs to."""

    file: str
    line: int
    kind: Kind
    function: str


class CoreWatch:
    """The blocks of all modules of the core, numbered alike in every process; `install` begins to watch them."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._array = bytearray()
        self._codes: dict[tuple[str, str, int], CodeType] = {}
        root = Path(sandbox.core.__path__[0])
        for path in sorted(root.rglob("*.py")):
            shown = path.relative_to(root.parent.parent).as_posix()
            tree = _Marking(shown, self.blocks).visit(ast.parse(path.read_text(encoding="utf-8"), str(path)))
            self._collect(compile(ast.fix_missing_locations(tree), str(path), "exec", dont_inherit=True))

    def install(self) -> None:
        """Watch what is loaded; call it when all that is to be watched is imported, and not while a run is on."""
        self._array.extend(bytes(len(self.blocks) - len(self._array)))
        for name, module in list(sys.modules.items()):
            if name.startswith(_PACKAGE) and module is not None:
                vars(module)[_ARRAY] = self._array
        gc.unfreeze()  # what is frozen can't be found
        for function in gc.get_objects():
            if isinstance(function, FunctionType):
                self._watch(function)

    def begin(self) -> None:
        """Forget what ran before."""
        self._array[:] = bytes(len(self._array))

    def reached(self) -> frozenset[int]:
        """The numbers of the blocks that ran since then, in this process or those that it branched off from."""
        return frozenset(place for place, mark in enumerate(self._array) if mark)

    def _watch(self, function: FunctionType) -> None:
        before = function.__code__
        code = self._codes.get((before.co_filename, before.co_qualname, before.co_firstlineno))
        if code is not None and code.co_freevars == before.co_freevars:
            function.__code__ = code

    def _collect(self, code: CodeType) -> None:
        self._codes[code.co_filename, code.co_qualname, code.co_firstlineno] = code
        for inner in code.co_consts:
            if isinstance(inner, CodeType):
                self._collect(inner)


@cache
def core_watch() -> CoreWatch:
    """The watch of this process."""
    return CoreWatch()


class _Marking(ast.NodeTransformer):
    """Puts a mark first into each block."""

    def __init__(self, file: str, blocks: list[Block]) -> None:
        self._file = file
        self._blocks = blocks
        self._within: list[str] = []

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        return self._inside(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        return self._function(node)

    def visit_If(self, node: ast.If) -> Any:
        self.generic_visit(node)
        if not self._within_function():
            return node
        node.body = self._marked(node.body, "branch")
        if node.orelse and not (len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)):
            node.orelse = self._marked(node.orelse, "branch")
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> Any:
        self.generic_visit(node)
        if self._within_function():
            node.body = self._marked(node.body, "handler")
        return node

    def visit_match_case(self, node: ast.match_case) -> Any:
        self.generic_visit(node)
        if self._within_function():
            node.body = self._marked(node.body, "branch")
        return node

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Any:
        self._inside(node, "()")
        has_doc = ast.get_docstring(node, clean=False) is not None
        doc, body = node.body[:has_doc], node.body[has_doc:]
        if body:
            self._within.append(node.name + "()")
            node.body = [*doc, *self._marked(body, "function")]
            self._within.pop()
        return node

    def _inside(self, node: Any, mark: str = "") -> Any:
        self._within.append(node.name + mark)
        self.generic_visit(node)
        self._within.pop()
        return node

    def _within_function(self) -> bool:
        return bool(self._within) and self._within[-1].endswith("()")

    def _marked(self, body: list[ast.stmt], kind: Kind) -> list[ast.stmt]:
        first = body[0]
        number = len(self._blocks)
        name = ".".join(part.removesuffix("()") for part in self._within)
        self._blocks.append(Block(self._file, first.lineno, kind, name))
        mark = ast.parse(f"{_ARRAY}[{number}] = 1").body[0]
        for part in ast.walk(mark):
            if hasattr(part, "lineno"):
                ast.copy_location(part, first)
        return [mark, *body]


def unreached(blocks: list[Block], reached: set[int] | frozenset[int]) -> list[Block]:
    """The handlers and branches that never ran, in functions that did: code for what no run met."""
    entered = {(b.file, b.function) for number, b in enumerate(blocks) if b.kind == "function" and number in reached}
    return [
        block
        for number, block in enumerate(blocks)
        if number not in reached and block.kind != "function" and (block.file, block.function) in entered
    ]
