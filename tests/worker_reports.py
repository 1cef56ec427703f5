"""What pytest's workers say arrives: a report that can't be sent as it is, and errors of a worker itself, told last.

pytest-xdist sends strings as UTF-8. A test that fails with a lone surrogate in its message took its worker with it, and
the run ended with an internal error that named neither.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

_LAST_LINES = 40


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """A report of text that any encoding can take, and of nothing but what can be sent."""
    return _sendable((yield))


@pytest.hookimpl
def pytest_internalerror(excrepr: object, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Keep the first: what comes after it follows from it."""
    _First.told = _First.told or str(excrepr)


def pytest_unconfigure() -> None:
    """Say the first internal error again below all that it brought about, where a log that is cut still has it."""
    if _First.told:
        lines = _First.told.splitlines()[-_LAST_LINES:]
        print("\nThe first internal error ended with:", *lines, sep="\n")  # noqa: T201
        _First.told = ""


class _First:
    told = ""


def _sendable(value: Any) -> Any:
    if isinstance(value, str):
        return str(value).encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_sendable(key): _sendable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_sendable(one) for one in value) if type(value) in (list, tuple) else _sendable([*value])
    if value is None or type(value) in (bool, int, float, bytes):
        return value
    return _sendable(repr(value))
