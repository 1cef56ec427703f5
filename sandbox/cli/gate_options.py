"""Options that the commands about the gate share."""

from __future__ import annotations

import time
from typing import Annotated, Final

import typer

DATABASE: Final = "sqlite:///contracts.sqlite"

Database = Annotated[
    str,
    typer.Option(
        "--database", metavar="URL", envvar="SANDBOX_CONTRACTS_DATABASE",
        help="Where the gate keeps its book: sqlite:///FILE or postgresql://…",
    ),
]  # fmt: skip
Environment = Annotated[
    str, typer.Option("--environment", "--to-environment", metavar="NAME", help="Where to: production, test, …")
]
Pacticipant = Annotated[
    str, typer.Option("--pacticipant", "-a", metavar="NAME", help="A consumer or provider, by its name in pacts.")
]
VersionOf = Annotated[
    str, typer.Option("--version", "-e", metavar="VERSION", help="Its version: a number or a commit.")
]
Branch = Annotated[str | None, typer.Option(metavar="NAME", help="The branch that the version is of.")]
BrokerUrl = Annotated[
    str | None,
    typer.Option(
        "--broker", metavar="URL", envvar="PACT_BROKER_BASE_URL",
        help="A Pact Broker, besides. The token is in PACT_BROKER_TOKEN.",
    ),
]  # fmt: skip
DryRun = Annotated[bool, typer.Option("--dry-run", help="Do everything but keep nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")]


def now_us() -> int:
    """The wall's time in microseconds UTC."""
    return time.time_ns() // 1000
