"""Rules held by a program: each names what is banned, where, and what to use instead."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest

from tests.house.sources import ROOT, Source, dotted, loadtests, sources

# What runs inside a run may not read entropy that the seed does not govern. Call -> what to use instead.
ENTROPY = {
    "time.time": "the clock port",
    "time.monotonic": "the clock port",
    "time.perf_counter": "the clock port",
    "time.sleep": "asyncio.sleep, or a timeout on the environment",
    "datetime.now": "the clock port",
    "datetime.datetime.now": "the clock port",
    "datetime.utcnow": "the clock port",
    "uuid.uuid4": "the ids port",
    "uuid.uuid1": "the ids port",
    "os.urandom": "a named stream",
    "random.random": "a named stream",
    "random.randint": "a named stream",
    "random.choice": "a named stream",
    "random.shuffle": "a named stream",
    "random.uniform": "a named stream",
    "random.seed": "a named stream",
}
# The edge: these time a run, guard it, live in wall time, or have no part in it.
EDGE = (
    "sandbox/cli/",
    "sandbox/hunt/",
    "sandbox/load/",
    "sandbox/pytest_plugin/",
    "sandbox/reporting/",
    "sandbox/runs/",
    "sandbox/worlds/live/",
    "sandbox/worlds/virtual/entropy.py",
    "mock_systems/kit/face.py",
    "mock_systems/kit/live/",
)
LONGEST_FILE = 400


def _calls(source: Source) -> list[tuple[int, str]]:
    return [(node.lineno, dotted(node.func)) for node in ast.walk(source.tree) if isinstance(node, ast.Call)]


def _inside_a_run(source: Source) -> bool:
    return not source.path.startswith(EDGE)


def test_nothing_in_a_run_reads_ungoverned_entropy() -> None:
    found = [
        f"{source.path}:{line}: {call}: use {ENTROPY[call]}"
        for source in filter(_inside_a_run, sources())
        for line, call in _calls(source)
        if call in ENTROPY
    ]
    assert not found, "\n".join(found)


def test_the_core_starts_tasks_in_groups_only() -> None:
    found = [
        f"{source.path}:{line}: {call}: start it in a TaskGroup, which hears of its failure"
        for source in sources()
        if source.path.startswith("sandbox/core/")
        for line, call in _calls(source)
        if call in ("asyncio.create_task", "asyncio.ensure_future", "loop.create_task")
    ]
    assert not found, "\n".join(found)


def _iterates_a_set(node: ast.AST) -> bool:
    over = node.iter if isinstance(node, ast.For | ast.comprehension) else None
    return isinstance(over, ast.Set | ast.SetComp) or (
        isinstance(over, ast.Call) and dotted(over.func) in ("set", "frozenset")
    )


def test_nothing_in_a_run_iterates_a_set() -> None:
    found = [
        f"{source.path}: iterates a set: sort it first"
        for source in filter(_inside_a_run, sources())
        for node in ast.walk(source.tree)
        if _iterates_a_set(node)
    ]
    assert not found, "\n".join(found)


def _swallows(handler: ast.ExceptHandler) -> bool:
    broad = handler.type is None or dotted(handler.type) in ("Exception", "BaseException")
    return broad and all(isinstance(step, ast.Pass | ast.Continue) for step in handler.body)


def test_nobody_swallows_every_exception() -> None:
    found = [
        f"{source.path}:{node.lineno}: say which exception, or let it pass on"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and _swallows(node)
    ]
    assert not found, "\n".join(found)


def test_money_is_never_a_float() -> None:
    annotated = re.compile(r"\b\w+_minor: *(float|Decimal)")
    found = [f"{source.path}: {match.group()}" for source in sources() for match in annotated.finditer(source.text)]
    assert not found, "\n".join(found)


def test_files_stay_small() -> None:
    found = [
        f"{source.path}: {lines} lines: make it two rooms"
        for source in sources()
        if (lines := source.text.count("\n")) > LONGEST_FILE
    ]
    assert not found, "\n".join(found)


def test_modules_and_public_classes_say_what_they_are() -> None:
    found = [
        f"{source.path}: no docstring" for source in sources() if source.text and not ast.get_docstring(source.tree)
    ]
    found += [
        f"{source.path}:{node.lineno}: class {node.name} has no docstring"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not found, "\n".join(found)


def _imported(source: Source) -> list[str]:
    names = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return names


def test_no_module_is_dead() -> None:
    used = {name for source in (*sources(), *loadtests()) for name in _imported(source)}
    entries = set(re.findall(r'"([\w.]+):\w+"', (ROOT / "pyproject.toml").read_text()))
    entries |= set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["pytest11"].values())
    by_name = {
        match for source in sources() for match in re.findall(r'"((?:sandbox|mock_systems)\.[\w.]+)"', source.text)
    }
    dead = [
        source.path
        for source in sources()
        if not source.path.endswith(("__init__.py", "__main__.py")) and source.module not in used | entries | by_name
    ]
    assert not dead, f"nobody imports {', '.join(dead)}"


def test_the_changelog_and_the_version_are_in_step() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("word", ["TODO", "FIXME", "raise NotImplementedError"])
def test_nothing_is_left_unfinished(word: str) -> None:
    found = [source.path for source in sources() if re.search(rf"\b{word}\b", source.text)]
    assert not found, ", ".join(found)
