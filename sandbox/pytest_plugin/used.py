"""What a test used of the sandbox, and what is said of it when the test fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import pytest


class Used(Protocol):
    """A run or a landscape."""

    def where_to_read_on(self) -> str:
        """Where its record or logs are, and how it is had again."""


class NotHeld(AssertionError):
    """What was asserted of a run or a landscape does not hold; the message says all that there is to say."""


_USED = pytest.StashKey[list[Used]]()


@contextmanager
def told() -> Iterator[None]:
    """Within the block, a mistake of whoever wrote the test fails it in words, without a traceback."""
    from sandbox.errors import SandboxError

    try:
        yield
    except SandboxError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def remember(node: pytest.Item, one: Used) -> None:
    """The test of this node uses it."""
    node.stash.setdefault(_USED, []).append(one)


def tell(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Add a section to the report of a failed test whose own message does not tell."""
    if not report.failed or call.excinfo is None or call.excinfo.errisinstance(NotHeld):
        return
    for one in item.stash.get(_USED, []):
        report.sections.append(("sandbox", one.where_to_read_on()))
