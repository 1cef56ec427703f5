"""JSON Schemas of the files that people write, for editors."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from sandbox.core.design import DesignFile
from sandbox.demand.mapping import HistoryMapping
from sandbox.errors import InputError
from sandbox.runs.scenario_file import ScenarioFile
from sandbox.whole_files import write_whole

MODELS: dict[str, tuple[type[BaseModel], str]] = {
    "scenario.schema.json": (ScenarioFile, "Scenario"),
    "design.schema.json": (DesignFile, "Design of a sync core"),
    "mapping.schema.json": (HistoryMapping, "Column mapping of an order history"),
}


def schema_text(name: str) -> str:
    """The schema file `name` as it should stand in `scenarios/schemas/`."""
    model, title = MODELS[name]
    schema = model.model_json_schema(by_alias=True, mode="validation")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


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
