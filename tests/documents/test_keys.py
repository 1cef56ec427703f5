"""What a user may write into a design is told on its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.core.design_file import DesignFile
from tests.documents.test_commands import ROOT


def keys(schema: Any) -> Iterator[str]:
    """The keys of a JSON schema and of all that it holds."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from keys(part)


@pytest.mark.parametrize("key", sorted(set(keys(DesignFile.model_json_schema()))))
def test_each_key_of_a_design_is_told(key: str) -> None:
    page = (ROOT / "docs" / "write-a-design.md").read_text()
    assert re.search(rf"\b{key}\b", page), f"{key} is not on the page"
