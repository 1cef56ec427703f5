"""JSON Schemas of the files that people write, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sandbox.core.design import DesignFile
from sandbox.demand.mapping import HistoryMapping
from sandbox.errors import InputError
from sandbox.runs.scenario_file import ScenarioFile
from sandbox.whole_files import write_whole
from sandbox.yaml_extends import EXTENDS

MODELS: dict[str, tuple[type[BaseModel], str]] = {
    "scenario.schema.json": (ScenarioFile, "Scenario"),
    "design.schema.json": (DesignFile, "Design of a sync core"),
    "mapping.schema.json": (HistoryMapping, "Column mapping of an order history"),
}


def schema_text(name: str) -> str:
    """The schema file `name` as it should stand in `scenarios/schemas/`."""
    model, title = MODELS[name]
    schema = model.model_json_schema(by_alias=True, mode="validation")
    if EXTENDS in schema["properties"]:
        schema = _whole_unless_it_extends(schema)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _whole_unless_it_extends(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with all that has to be told asked only of a file that extends no other."""
    required = _taken_out(schema, schema["$defs"])
    return {**schema, "if": {"not": {"required": [EXTENDS]}}, "then": required}


def _taken_out(node: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    """What this node and those below it require, taken out of them; each definition is used in one place."""
    told: dict[str, Any] = {"required": node.pop("required")} if "required" in node else {}
    inside = {
        key: _taken_out(block, defs)
        for key, value in node.get("properties", {}).items()
        for block in _blocks(value, defs)
    }
    if inside := {key: value for key, value in inside.items() if value}:
        told["properties"] = inside
    return told


def _blocks(value: dict[str, Any], defs: dict[str, Any]) -> list[dict[str, Any]]:
    kinds = [value, *value.get("anyOf", ())]
    return [defs[kind["$ref"].rpartition("/")[2]] for kind in kinds if "$ref" in kind]


def write_schemas(folder: Path) -> None:
    """Write all of them into `folder`. Raises InputError where that is not possible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in MODELS:
            write_whole(folder / name, schema_text(name))
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror})", file=str(folder), remedy="give another folder"
        ) from None
