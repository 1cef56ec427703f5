"""Where load goes, and what it shows at the doors: what the load generator's processes are told.

They read it from the file that SANDBOX_LOAD names; without that, from what `sandbox up` has left in runs/live, so that
a locustfile can be tried by hand. Secrets are in neither: they come from the environment.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from sandbox.errors import InputError
from sandbox.load.arrivals import Arrival
from sandbox.worlds.live import live_tokens

PLAN_VARIABLE: Final = "SANDBOX_LOAD"
UP: Final = Path("runs/live/live.json")


class LoadPlan(BaseModel):
    """A planned load. `users` at the peak, or with `arrivals` none: then starts are planned, and kept in that file.

    `begins_at_s`: when, in seconds since 1970 (None: as soon as Locust is ready), and `length_s` how long it lasts.
    `orders` holds the bodies of orders, one a line; without it baskets are made up from the shop's catalogue. What was
    measured goes to `measured`. Files lie beside the plan. `core_url` None: there is none to be asked for an order.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    commerce_url: str
    wms_url: str
    core_url: str | None = None
    shape: str = "steady"
    users: int = 1
    length_s: float = 60.0
    begins_at_s: float | None = None
    processes: int = 1
    seed: int = 1
    orders: str | None = None
    arrivals: str | None = None
    measured: str | None = None

    def write(self, path: Path) -> None:
        """Keep it. Raises OSError."""
        path.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


class Target:
    """The plan, the place of its files, and the secrets."""

    def __init__(self, plan: LoadPlan, folder: Path, environment: Mapping[str, str]) -> None:
        self.plan = plan
        self._folder = folder
        self._environment = environment

    @property
    def measured(self) -> Path | None:
        """Where measurements go; None: nowhere."""
        return None if self.plan.measured is None else self._folder / self.plan.measured

    def bearer(self, variable: str) -> dict[str, str]:
        """The header that shows the token in `variable`. Raises InputError where there is none."""
        token = self._environment.get(variable)
        if not token:
            remedy = "`source runs/live/tokens.env`, where `sandbox up` is at work"
            raise InputError(f"the environment has no {variable}", remedy=remedy)
        return {"authorization": f"Bearer {token}"}

    def arrivals(self, index: int, count: int) -> list[Arrival]:
        """The planned starts of process `index` among `count`: each has its own."""
        return [Arrival(*json.loads(line)) for line in self._lines(self.plan.arrivals, index, count)]

    def orders(self, index: int, count: int) -> list[str]:
        """The bodies of orders, as JSON, that process `index` among `count` may place: each has its own."""
        return self._lines(self.plan.orders, index, count)

    def _lines(self, name: str | None, index: int, count: int) -> list[str]:
        if name is None:
            return []
        with (self._folder / name).open(encoding="utf-8") as file:
            return [line for number, line in enumerate(file) if number % count == index]


def write_lines(path: Path, values: Sequence[object]) -> None:
    """One JSON value a line. Raises OSError."""
    path.write_text("".join(json.dumps(value, separators=(",", ":")) + "\n" for value in values), encoding="utf-8")


def find_target(environment: Mapping[str, str] = os.environ) -> Target:
    """The plan that the environment names, or whatever `sandbox up` has up. Raises InputError."""
    named = environment.get(PLAN_VARIABLE)
    path = Path(named) if named else UP
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        remedy = f"start `sandbox up` first, or name a plan in {PLAN_VARIABLE}"
        raise InputError("there is nothing to load", file=str(path), remedy=remedy) from None
    plan = LoadPlan.model_validate_json(text) if named else _plan_of_what_is_up(text)
    return Target(plan, path.parent, environment)


def _plan_of_what_is_up(text: str) -> LoadPlan:
    told = json.loads(text)
    urls = {system["system"]: system["url"] for system in told["systems"]}
    if missing := [name for name in ("commerce", "wms") if name not in urls]:
        raise InputError(
            f"{' and '.join(missing)} are not up", file=str(UP), remedy="start `sandbox up` without --only"
        )
    core = told["core"]
    return LoadPlan(
        commerce_url=urls["commerce"],
        wms_url=urls["wms"],
        core_url=core["url"] if core else None,
        seed=time.time_ns(),  # a reference that the shop has seen gets the order that it had
    )


SHOPPER: Final = live_tokens.SHOPPER
PARTNER: Final = live_tokens.PARTNER
CORE: Final = live_tokens.CORE
