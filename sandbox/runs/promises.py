"""What a business promises, as a scenario states it: how late may what be, before the oracle calls it a breach."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, Final

from pydantic import Field, create_model

from sandbox import durations
from sandbox.faults.moments import Length
from sandbox.faults.written import Written
from sandbox.oracle.context import Deadlines

_US: Final = "_us"


def _keys() -> dict[str, Any]:
    """`invoice` for `invoice_us`, and so on."""
    keys: dict[str, Any] = {}
    for deadline in fields(Deadlines):
        default_us = getattr(Deadlines(), deadline.name)
        shown: dict[str, Any] = {"default": durations.format(default_us)}
        keys[deadline.name.removesuffix(_US)] = (Length | None, Field(None, json_schema_extra=shown))
    return keys


PromisesBlock: Final[type[Written]] = create_model(
    "PromisesBlock",
    __base__=Written,
    __doc__="How long the integration may take; what is left out is as the oracle has it.",
    **_keys(),
)


def deadlines_of(block: Written) -> Deadlines:
    """The oracle's deadlines, with what the scenario promises in their place."""
    return replace(Deadlines(), **{f"{name}{_US}": value for name, value in block if value is not None})
