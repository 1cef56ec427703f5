"""What OpenAPI 3 and Swagger 2 write alike: path items, and the operations in them."""

from __future__ import annotations

from sandbox.verification.diff.http.model import METHODS
from sandbox.verification.documents.document import Node
from sandbox.verification.documents.library import Library


def path_items(library: Library) -> dict[str, Node]:
    """The path items of the document by their templates. Raises InputError with line and pointer."""
    items = library.main.root.mapping("paths")
    return {path: library.resolved_object(item) for path, item in items if path.startswith("/")}


def operation_nodes(item: Node) -> list[tuple[str, Node]]:
    """The operations of a path item by their methods. Raises InputError with line and pointer."""
    found = []
    for method in METHODS:
        node = item.get(method)
        if node is not None and node.value is not None:
            node.expect(dict, "keys and values")
            found.append((method, node))
    return found
