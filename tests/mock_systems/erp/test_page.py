"""The page about the ERP tells of all that it does: no operation and no refusal is missing there, none invented."""

from __future__ import annotations

import re
from pathlib import Path

import mock_systems.erp
from mock_systems.erp.system import build_erp
from mock_systems.kit.streams import Streams
from tests.mock_systems.erp.caller import OPENING

ROOT = Path(mock_systems.erp.__file__).parent
PAGE = (ROOT.parents[1] / "docs" / "systems" / "erp.md").read_text(encoding="utf-8")


def test_the_page_lists_every_operation_with_its_path_and_whether_it_honours_keys() -> None:
    rows = [row for row in PAGE.splitlines() if row.startswith("| `")]
    for route in build_erp(OPENING, Streams(1)).routes.routes:
        (row,) = [row for row in rows if f"`{route.operation}`" in row]
        assert f"`{route.method} {route.path}" in row
        assert route.honours_key == ("| yes |" in row)


def test_the_page_lists_every_refusal() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("*.py")))
    raised = set(re.findall(r'Refusal\(\d+, "([a-z-]+)"', source))
    table = "\n".join(row for row in PAGE.splitlines() if row.startswith("| `"))
    told = set(re.findall(r"(?:\d+ |, )`([a-z]+(?:-[a-z]+)+)`", table))
    assert told - {"invalid-cursor"} == raised
