"""What commands say and how they end: results on stdout, everything else on stderr; 2 for bad input."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from typing import Any, ParamSpec

import typer
from rich.console import Console
from rich.text import Text

from sandbox.errors import InputError, SandboxError
from sandbox.yaml_files import SeveralInputErrors

FINDINGS, BAD_INPUT, STOPPED = 1, 2, 130
P = ParamSpec("P")

# Into a file or a pipe, tables need not fold at 80 columns.
_WIDTH = None if sys.stdout.isatty() else 140

out = Console(highlight=False, width=_WIDTH)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def told(command: Callable[P, None]) -> Callable[P, None]:
    """A command whose user's mistakes are told in words and end it with 2."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except SandboxError as error:
            if kwargs.get("as_json"):
                say_json({"errors": [_as_json(one) for one in _each(error)]})
            for one in _each(error):
                err.print(Text.assemble(("error: ", "bold red"), str(one)))
            raise typer.Exit(BAD_INPUT) from None

    return run


def say_json(value: dict[str, Any]) -> None:
    """One JSON object on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _each(error: SandboxError) -> tuple[SandboxError, ...]:
    return error.errors if isinstance(error, SeveralInputErrors) else (error,)


def _as_json(error: SandboxError) -> dict[str, Any]:
    if not isinstance(error, InputError):
        return {"message": str(error)}
    places = {"file": error.file, "line": error.line, "field": error.field}
    return {**places, "message": error.message, "remedy": error.remedy}
