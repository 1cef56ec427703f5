"""`sandbox contracts pacts`: the sync core's own pacts, written by its adapters."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from sandbox.cli.console import err, out, say_json, told
from sandbox.errors import SandboxError


@told
def pacts(
    into: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write into.")] = Path("contracts/pacts"),
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as one JSON object.")] = False,
) -> None:
    """Write the pacts of the sync core with each system, by running its adapters against pact mock servers.

    The files are the same, byte for byte, as long as the adapters are. Ends with 0, or with 2 for a folder that can't
    be written.

    Examples:

        sandbox contracts pacts

        sandbox contracts pacts build/pacts
    """
    if find_spec("pact") is None:
        raise SandboxError("pact-python is not installed: pip install 'distribution-erp-sandbox[contracts]'")
    from sandbox.verification.pacts.writing import write_pacts

    with err.status("") as status:
        try:
            paths = write_pacts(into, lambda what: status.update(Text(what)))
        except OSError as error:
            raise SandboxError(f"{into} cannot be written ({error.strerror})") from None
    if as_json:
        say_json({"written": [str(path) for path in paths]})
        return
    for path in paths:
        out.print(Text(str(path)))
