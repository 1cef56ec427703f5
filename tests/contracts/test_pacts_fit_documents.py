"""Every published pact asks and reads only what its provider's published document declares."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.verification.outcome import Verdict
from sandbox.verification.pacts_against_openapi.checking import check_pact
from sandbox.verification.pacts_against_openapi.operations import read_api
from sandbox.verification.pacts_against_openapi.pact_file import pact_files, read_pact

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
PACTS = pact_files(CONTRACTS / "pacts")


def test_each_system_has_a_consumer() -> None:
    assert {read_pact(str(path)).provider for path in PACTS} >= {"commerce", "erp", "wms", "carrier", "desk"}


@pytest.mark.parametrize("path", PACTS, ids=lambda path: path.stem)
def test_a_pact_relies_only_on_what_the_document_promises(path: Path) -> None:
    pact = read_pact(str(path))
    checked = check_pact(pact, read_api(str(CONTRACTS / "openapi" / f"{pact.provider}.json")))
    assert [f"{one.interaction}: {one.field}: {one.text}" for one in checked.breaking] == []
    assert (checked.outcome().verdict, list(checked.not_tested)) == (Verdict.PASS, [])
