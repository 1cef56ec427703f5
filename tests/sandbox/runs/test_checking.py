"""What kind of file somebody wrote is told by any key that no other kind has."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.core.design_file import DesignFile
from sandbox.errors import InputError
from sandbox.runs.checking import checked


@pytest.mark.parametrize("key", sorted(DesignFile.model_fields.keys() - {"about", "name"}))
def test_a_design_whose_name_was_forgotten_is_asked_for_its_name(tmp_path: Path, key: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"{key}: {{}}\n")
    with pytest.raises(InputError, match="name: is missing") as caught:
        checked(path)
    assert "title" not in str(caught.value)


def test_a_file_that_says_nothing_is_read_as_a_scenario(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("about: nothing yet\n")
    with pytest.raises(InputError, match="title: is missing"):
        checked(path)
