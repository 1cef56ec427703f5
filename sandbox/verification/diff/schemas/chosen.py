"""A schema with one of its variants chosen: what a value must be that takes that one."""

from __future__ import annotations

from sandbox.verification.diff.schemas.view import NOTES, Schema, Variant, View
from sandbox.verification.documents.document import Node

_TOLD_ELSEWHERE = frozenset(("$ref", "allOf", "discriminator"))  # what both name is among the view's nodes already


class Chosen:
    """Chosen variants of the schemas of one document; the same choice is the same schema each time."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Node, Node | None]] = {}
        self._from: dict[tuple[int, ...], frozenset[int]] = {}

    def of(self, view: View, variant: Variant) -> Schema:
        """What holds beside the choice, and the variant."""
        offered = frozenset(id(one.node.value) for one in view.variants)
        rest = (self._without_choice(node, offered) for node in view.nodes)
        held = {id(node.value): node for node in (*rest, variant.node) if node is not None}
        found = tuple(held.values())
        self._from[tuple(held)] = offered
        return found

    def told(self, schema: Schema, view: View) -> bool:
        """Whether a chosen variant holds the choice that it was chosen from, as those do that extend its holder."""
        offered = self._from.get(tuple(id(node.value) for node in schema), frozenset())
        return bool(view.variants) and all(id(one.node.value) in offered for one in view.variants)

    def _without_choice(self, node: Node, offered: frozenset[int]) -> Node | None:
        """A node without the variants that it offers; None where it says nothing else."""
        if not isinstance(node.value, dict):
            return node
        if id(node.value) not in self._known:
            self._known[id(node.value)] = node, self._stripped(node, offered)
        return self._known[id(node.value)][1]

    def _stripped(self, node: Node, offered: frozenset[int]) -> Node | None:
        gone = _TOLD_ELSEWHERE | {
            keyword
            for keyword in ("oneOf", "anyOf")
            if any(id(one.value) in offered for one in node.sequence(keyword))
        }  # fmt: skip
        kept = {keyword: value for keyword, value in node.value.items() if keyword not in gone}
        if not kept.keys() - NOTES:
            return None
        if len(kept) == len(node.value):
            return node
        found = node.document.add((*node.pointer, "without its choice"), kept, node.pointer)
        self._known[id(kept)] = found, found
        return found
