"""The codes that a system refuses with are those that its contract lists: held against the sources."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from mock_systems.documents import documents, empty_systems
from mock_systems.kit.problems import COMMON

SOURCES = Path(__file__).resolve().parents[2] / "mock_systems"
SYSTEMS = {system.name: system for system in empty_systems()}


def codes_in(folder: Path) -> dict[tuple[int, str], str]:
    """(status, code) of each refusal whose code is written there, and where."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in ("Refusal", "problem") and len(node.args) > 1:
                status, code = node.args[:2]
                if isinstance(status, ast.Constant) and isinstance(code, ast.Constant):
                    found[status.value, code.value] = f"{path.name}:{node.lineno}"
    return found


@pytest.mark.parametrize("system", SYSTEMS)
def test_each_code_of_a_system_is_in_its_contract_and_the_other_way_round(system: str) -> None:
    listed = {(status, code) for status, codes in SYSTEMS[system].problems.items() for code in codes}
    written = codes_in(SOURCES / system)
    assert not {code: where for code, where in written.items() if code not in listed}, "list them in problems.py"
    sources = "".join(path.read_text() for path in (SOURCES / system).glob("*.py") if path.name != "problems.py")
    assert not {code for code in listed if f'"{code[1]}"' not in sources}, "nobody refuses with them"


def test_each_code_of_the_kit_is_common_to_all_contracts() -> None:
    written = codes_in(SOURCES / "kit")
    assert not {code: where for code, where in written.items() if code[1] not in COMMON.get(code[0], ())}


def test_the_document_shows_them_by_status() -> None:
    erp = documents()["erp"]
    reply = erp["paths"]["/sales-orders/{sales_order}/cancellation"]["post"]["responses"]["409"]
    assert reply["content"]["application/problem+json"]["schema"]["$ref"].endswith("/Problem409")
    schema = erp["components"]["schemas"]["Problem409"]
    assert "urn:problem:goods-issued" in schema["properties"]["type"]["x-extensible-enum"]
    assert schema["properties"]["status"] == {"const": 409}
