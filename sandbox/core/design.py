"""A design: how a core integrates, which patterns and policies its flows use. Read from YAML, frozen for the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sandbox.core.design_file import CallBlock, CallsBlock, DesignFile
from sandbox.core.design_parts import (
    Acknowledge,
    ExceptionRules,
    Intake,
    Inventory,
    MasterDataRules,
    Returns,
    Safety,
    Shortages,
    Workers,
)
from sandbox.core.flows import Flows
from sandbox.core.flows_file import flows_of
from sandbox.core.policies.call_policy import CallPolicy
from sandbox.errors import InputError
from sandbox.yaml_files import Problem, read_yaml
from sandbox.yaml_words import cleaned, problem_words

__all__ = [
    "Acknowledge",
    "Design",
    "DesignFile",
    "ExceptionRules",
    "Intake",
    "Inventory",
    "MasterDataRules",
    "Returns",
    "Safety",
    "Shortages",
    "Workers",
    "design_of",
    "load_design",
    "load_design_file",
]

Part = TypeVar("Part", Intake, Safety, Inventory, Workers, Shortages, Returns, MasterDataRules, ExceptionRules)


@dataclass(frozen=True, slots=True)
class Design:
    """A design as the core runs it. `calls` is keyed by system; `default` serves the others."""

    name: str
    about: str = ""
    flows: Flows = field(default_factory=Flows)
    intake: Intake = field(default_factory=Intake)
    calls: Mapping[str, CallPolicy] = field(default_factory=lambda: {"default": CallPolicy()})
    safety: Safety = field(default_factory=Safety)
    inventory: Inventory = field(default_factory=Inventory)
    workers: Workers = field(default_factory=Workers)
    shortages: Shortages = field(default_factory=Shortages)
    returns: Returns = field(default_factory=Returns)
    master_data: MasterDataRules = field(default_factory=MasterDataRules)
    exceptions: ExceptionRules = field(default_factory=ExceptionRules)

    def call_policy(self, system: str) -> CallPolicy:
        """How to call `system`, less what `safety` switches off."""
        policy = self.calls.get(system) or self.calls["default"]
        if not self.safety.retries:
            policy = replace(policy, attempts=1)
        if not self.safety.breakers:
            policy = replace(policy, breaker=None)
        return policy


def load_design(mapping: Mapping[str, Any]) -> Design:
    """The design that plain data describes. Raises InputError for the first thing that does not fit.

    Of a file, `load_design_file` tells the lines, too.
    """
    try:
        return design_of(DesignFile.model_validate(mapping))
    except ValidationError as invalid:
        error = invalid.errors(include_url=False)[0]
        where = cleaned(error["loc"], mapping)
        message, remedy = problem_words(DesignFile, where, error)
        raise InputError(message, field=".".join(map(str, where)) or "design", remedy=remedy) from None


def load_design_file(path: Path) -> Design:
    """The design in a file. Raises InputError."""
    source = read_yaml(path)
    file = source.validated(DesignFile)
    try:
        return design_of(file)
    except InputError as error:
        where = tuple(error.field.split(".")) if error.field else ()
        raise source.error(Problem(where, error.message, error.remedy)) from None


def design_of(file: DesignFile) -> Design:
    """The frozen form of a design file. Raises InputError where its parts contradict each other."""
    return Design(
        name=file.name,
        about=file.about,
        flows=flows_of(file.flows),
        intake=_part(Intake, file.intake),
        calls=_calls(file.calls),
        safety=_part(Safety, file.safety),
        inventory=_part(Inventory, file.inventory),
        workers=_part(Workers, file.workers),
        shortages=_part(Shortages, file.shortages),
        returns=_part(Returns, file.returns),
        master_data=_part(MasterDataRules, file.master_data),
        exceptions=_part(ExceptionRules, file.exceptions),
    )


def _part(kind: type[Part], block: BaseModel) -> Part:
    return kind(**_runtime_names(kind, {name: getattr(block, name) for name in type(block).model_fields}))


def _runtime_names(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the file calls `timeout` is `timeout_us` at run time, for every duration."""
    known = {part.name for part in fields(kind)}
    return {name if name in known else f"{name}_us": value for name, value in values.items()}


def _calls(block: CallsBlock) -> dict[str, CallPolicy]:
    default = _overridden(CallPolicy(), block.default)
    policies = {"default": default}
    for system in sorted(set(CallsBlock.model_fields) - {"default"}):
        policies[system] = _overridden(default, getattr(block, system))
    for system, policy in policies.items():
        _check(system, policy)
    return policies


def _overridden(policy: CallPolicy, block: CallBlock) -> CallPolicy:
    """`policy` with what the block says, down to single keys of its parts."""
    changes = _runtime_names(CallPolicy, {name: value for name, value in block if value is not None})
    for name in ("backoff", "breaker", "retry_budget"):
        if name in changes:
            part = getattr(policy, name)
            given = {key: value for key, value in changes[name] if value is not None}
            changes[name] = replace(part, **_runtime_names(type(part), given))
    return replace(policy, **changes)


def _check(system: str, policy: CallPolicy) -> None:
    if policy.patience_us < policy.timeout_us:
        raise InputError(
            "patience is shorter than the timeout of one attempt",
            field=f"calls.{system}",
            remedy="patience covers all attempts: raise it, or shorten the timeout",
        )
    if policy.backoff.cap_us < policy.backoff.base_us:
        raise InputError("the back-off's cap is below its base", field=f"calls.{system}.backoff", remedy="raise cap")
