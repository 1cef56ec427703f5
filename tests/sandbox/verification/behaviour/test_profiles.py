"""Profiles: mistakes are told with file, line and field, before anything is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.errors import InputError
from sandbox.verification.behaviour.mocks import MOCKS, profile_of
from sandbox.verification.behaviour.run import given
from tests.sandbox.verification.behaviour.wholesaler import PROFILE, document


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("createOrdr", "createOrder", "operations.createOrdr: no operation of the document is called 'createOrdr'"),
        ("R-${uniqe}", "R-${unique}", "nothing is known as 'uniqe'; did you mean 'unique'?"),
        ("idd: /id", "id: /id", "operations.createOrder.idd: unknown key; did you mean 'id'?"),
        ("as: clerk\n    path", "path", "operations.changeOrder.as: no credential is called 'clerk'"),
        ("write: changeOrders", "write: createOrder", "lists.listOrders.write: there is no sample of 'changeOrders'"),
        ("{operation: listOrder,", "{operation: listOrders,", "no operation of the document is called 'listOrder'"),
        ("id: id", "id: /id", "operations.createOrder.id: String should match pattern"),
    ],
)
def test_a_mistake_is_told_with_its_place(wrong: str, right: str, told: str, tmp_path: Path) -> None:
    assert right in PROFILE
    (tmp_path / "wholesaler.json").write_text(json.dumps(document()))
    profile = tmp_path / "profile.yaml"
    profile.write_text(PROFILE.replace(right, wrong, 1))
    line = next(i for i, one in enumerate(profile.read_text().splitlines(), 1) if wrong.split("\n")[0] in one)
    with pytest.raises(InputError) as caught:
        given(None, profile)
    assert told in str(caught.value)
    assert f"{profile}:{line}:" in str(caught.value)


def test_a_broken_document_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "wholesaler.json").write_text('{"openapi": "3.1.0",\n "paths": {"/orders": 7}}')
    with pytest.raises(InputError, match=r"wholesaler.json:2: /paths/~1orders"):
        given(str(tmp_path / "wholesaler.json"), None)


@pytest.mark.parametrize("name", MOCKS)
def test_the_profiles_of_our_mocks_fit_their_documents(name: str) -> None:
    what = given(None, profile_of(name), {"admin": "http://127.0.0.1:1"})
    assert what.subject == name
    assert what.profile.operations
