"""The codes that a system refuses with are those that its contract lists: held against the sources."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from mock_systems.documents import documents, empty_systems
from mock_systems.kit.problems import COMMON, member_schemas

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


def test_the_members_that_a_problem_brings_are_in_the_document() -> None:
    shown = documents()
    for name, system in SYSTEMS.items():
        schemas = shown[name]["components"]["schemas"]
        for code, model in system.problem_members.items():
            status = next(status for status, codes in system.problems.items() if code in codes)
            declared = schemas[f"Problem{status}"]["properties"]
            assert {f"urn:problem:{code}" in declared[field]["description"] for field in model.model_fields} == {True}


def test_two_codes_of_a_status_may_not_have_a_member_of_the_same_name() -> None:
    state = SYSTEMS["wms"].problem_members["after-release"]
    with pytest.raises(ValueError, match="two problems have a member 'state'; one of them is too-late"):
        member_schemas({"after-release": state, "too-late": state}, ("after-release", "too-late"), "{model}")
