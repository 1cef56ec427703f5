"""Documents are read with their lines, and a broken one is told by file, line and reason."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import InputError
from sandbox.verification.documents.json_tree import parse_json
from sandbox.verification.documents.library import Library
from sandbox.verification.documents.yaml_tree import parse_yaml_tree

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.sampled_from((None, 1, "\t")))
def test_json_is_read_as_json_is(value: Any, indent: Any) -> None:
    for ascii_only in (True, False):
        assert parse_json(json.dumps(value, indent=indent, ensure_ascii=ascii_only), "f").value == value


def test_yaml_means_what_version_1_2_says() -> None:
    text = "a: on\nb: 2024-01-31\nc: 1e3\nd: 0x1F\ne: '7'\nf: ~\n200: y\ng: !!str 5\nh: 012\ni: true\n"
    assert parse_yaml_tree(text, "f").value == {
        "a": "on", "b": "2024-01-31", "c": 1000.0, "d": 31, "e": "7", "f": None, "200": "y",
        "g": "5", "h": 12, "i": True,
    }  # fmt: skip


def test_merged_and_shared_nodes_are_values(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3\nlist: [*b]\n")
    data = Library(str(path)).main.data
    assert data == {"base": {"x": 1, "y": 2}, "own": {"x": 1, "y": 3}, "list": [{"x": 1, "y": 2}]}


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_every_place_has_its_line(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text('{"a":\n  {"b/c": [1,\n     {"d": 2}]}\n}\n')
    root = Library(str(tmp_path / name)).main.root
    node = root.get("a").get("b/c").each()[1].get("d")  # type: ignore[union-attr]
    assert node is not None
    assert (node.line, node.json_pointer) == (3, "/a/b~1c/1/d")


@pytest.mark.parametrize(
    ("name", "text", "line", "reason"),
    [
        ("a.json", '{"a": 1,\n "b" 2}', 2, "a colon was expected"),
        ("a.json", '{"a": [1,\n 2', 2, "it ends too early"),
        ("a.json", '{"a": 1,}', 1, "nothing follows the comma"),
        ("a.json", '{"a": tru}', 1, "a value was expected"),
        ("a.json", '{"a": "x\ny"}', 1, "Invalid control character"),
        ("a.json", "[" * 500, 1, "nested too deeply"),
        ("a.yaml", "a: 1\nb: [1\nc: 2\n", 3, "is not YAML"),
        ("a.yaml", "a:\n\tb: 1\n", 2, "is not YAML"),
        ("a.yaml", "a: 1\nb: 2\na: 3\n", 3, "the key stands twice"),
        ("a.yaml", "a: 1\n? [x]\n: 2\n", 2, "a key was expected to be text"),
    ],
)
def test_a_broken_document_is_told_by_file_line_and_reason(
    name: str, text: str, line: int, reason: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as told:
        Library(str(tmp_path / name))
    assert (told.value.file, told.value.line) == (str(tmp_path / name), line)
    assert reason in str(told.value)


def test_references_lead_into_other_files(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "a.yaml").write_text("x: {$ref: 'parts/b.json#/y'}\n")
    (tmp_path / "parts" / "b.json").write_text('{"y": {"$ref": "../c.yaml#/z%20z"}}')
    (tmp_path / "c.yaml").write_text("z z: {type: string}\n")
    library = Library(str(tmp_path / "a.yaml"))
    target = library.resolved(library.main.root.get("x"))  # type: ignore[arg-type]
    assert target.value == {"type": "string"}
    assert target.document.file == f"{tmp_path}/parts/../c.yaml"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 1\nx: {$ref: '#/nowhere'}\n", "refers to #/nowhere, which is not there"),
        ("a: 1\nx: {$ref: '#/x'}\n", "refers to itself"),
        ("a: 1\nx: {$ref: 'gone.yaml'}\n", "refers to gone.yaml, which cannot be read"),
        ("a: 1\nx: {$ref: '#name'}\n", "refers to #name, which is not there"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    library = Library(str(path))
    with pytest.raises(InputError) as told:
        library.resolved(library.main.root.get("x"))  # type: ignore[arg-type]
    assert (told.value.file, told.value.line) == (str(path), 2)
    assert reason in str(told.value)


def test_names_and_ids_are_found(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("$id: https://x.example/root\n$defs:\n  a: {$anchor: here, type: string}\n"
                    "  b: {$id: b.json, type: integer}\n"
                    "x: {$ref: '#here'}\ny: {$ref: b.json}\n")  # fmt: skip
    library = Library(str(path))
    found = [library.resolved(library.main.root.get(key)).value["type"] for key in "xy"]  # type: ignore[arg-type]
    assert found == ["string", "integer"]


@pytest.fixture
def served() -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = {"/a.yaml": b"x: {$ref: 'b.json'}\n", "/b.json": b'{"type": "string"}'}
            self.send_response(200 if self.path in known else 404)
            self.end_headers()
            self.wfile.write(known.get(self.path, b""))

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_url_is_fetched_and_so_is_what_it_refers_to(served: str) -> None:
    library = Library(f"{served}/a.yaml")
    assert library.resolved(library.main.root.get("x")).value == {"type": "string"}  # type: ignore[arg-type]
    with pytest.raises(InputError, match="the server says 404"):
        Library(f"{served}/other.yaml")
