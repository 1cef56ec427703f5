"""Schemas made whole: references followed, `allOf` merged, the dialects' ways of saying the same made one."""

from __future__ import annotations

from sandbox.verification.diff.schemas.merging import common_types, merge, takes_null
from sandbox.verification.diff.schemas.view import NOTES, Choice, Schema, Variant, View
from sandbox.verification.documents.document import Node
from sandbox.verification.documents.library import Library


class Views:
    """The views of one document's schemas. `siblings`: keywords beside a `$ref` count, as from OpenAPI 3.1 on."""

    def __init__(self, library: Library, siblings: bool) -> None:
        self._library, self._siblings = library, siblings
        self._known: dict[tuple[int, ...], tuple[Schema, View]] = {}

    def of(self, schema: Schema) -> View:
        """The view of a schema. Raises InputError where a reference leads nowhere or something is no schema."""
        key = tuple(id(node.value) for node in schema)
        if key not in self._known:
            self._known[key] = (schema, self._built(schema))
        return self._known[key][1]

    def label(self, node: Node) -> str | None:
        """What a schema is called: the name that it is referred to by, or its title."""
        ref = node.text("$ref")
        return ref.rpartition("/")[2] if ref is not None else node.text("title")

    def resolved(self, node: Node) -> Node:
        """What a node stands for."""
        return self._library.resolved(node)

    def target(self, node: Node, ref: str) -> Node:
        """What a reference written at `node` names."""
        return self._library.resolved(self._library.target(node, ref))

    def takes_null(self, view: View, depth: int = 8) -> bool | None:
        """Whether null fits, which the variants tell where the schema itself does not; None where nothing does."""
        if view.nullable is not None or not view.variants or not depth:
            return view.nullable
        told = [self.takes_null(self.of((one.node,)), depth - 1) for one in view.variants]
        if view.choice == "anyOf":
            return True if True in told else None if None in told else False
        return False if told.count(True) > 1 else None if None in told else True in told

    def _built(self, schema: Schema) -> View:
        view = View()
        waiting = [(node, False) for node in reversed(schema)]  # with whether null is taken beside it
        passed: set[int] = set()
        while waiting:
            node, beside_null = waiting.pop()
            ref = node.text("$ref")
            if ref is not None:
                self._library.resolved(node)  # which ends where it names itself
                waiting.append((self._library.target(node, ref), beside_null))
                if not self._siblings or not _says_more(node):
                    continue
            if id(node.value) in passed and isinstance(node.value, dict):
                continue
            passed.add(id(node.value))
            nullable = view.nullable
            more = self._merged(view, node)
            view.nullable = nullable if beside_null and not view.null_besides else view.nullable
            waiting += [(below, beside_null or null_taken) for below, null_taken in reversed(more)]
        _typed_by_variants(view, self)
        if view.types is not None and "number" in view.types:
            view.types -= {"integer"}  # whole numbers are numbers
        return view

    def _says_null(self, node: Node) -> bool:
        """Whether a schema takes null by its own type."""
        value = self._library.resolved(node).value
        return isinstance(value, dict) and isinstance(value.get("type"), list) and "null" in value["type"]

    def _merged(self, view: View, node: Node) -> list[tuple[Node, bool]]:
        """Take in what a node says by itself; returns the schemas that hold besides, and whether null need not fit."""
        view.nodes.append(node)
        if node.value is False:
            view.types = frozenset()
        if not isinstance(node.value, dict):
            if not isinstance(node.value, bool | None):  # an empty `schema:` is common, and says nothing
                raise node.error(f"a schema was expected, not {node.value!r:.40}")
            return []
        for keyword in node.value:
            if (below := node.get(keyword)) is not None:
                view.sources.setdefault(keyword, below)
        merge(view, node)
        more = [(below, False) for below in node.sequence("allOf")]
        return [*more, *self._choice(view, node, "oneOf"), *self._choice(view, node, "anyOf")]

    def _choice(self, view: View, node: Node, kind: Choice) -> list[tuple[Node, bool]]:
        offered = node.sequence(kind)
        others = [one for one in offered if not _is_null(one)]
        null_taken = len(others) < len(offered)
        if null_taken:  # a oneOf refuses what fits two
            takes_null(view, kind == "anyOf" or not any(map(self._says_null, others)))
        if len(others) == 1:
            return [(others[0], null_taken)]
        plain = [
            one.value.get("type")
            for one in others
            if isinstance(one.value, dict) and set(one.value) <= {"type", *NOTES}
        ]
        types = [one for one in plain if isinstance(one, str)]
        if others and len(types) == len(others) and (kind == "anyOf" or _told_apart(types)):
            view.types = frozenset(types) if view.types is None else common_types(view.types, frozenset(types))
            takes_null(view, null_taken)
        elif others and view.variants:
            view.further.setdefault(f"a further {kind}", node.get(kind) or node)
        elif others:
            view.choice = kind
            view.variants += [Variant(self.label(one), one) for one in others]
        elif null_taken:
            view.types = frozenset()
        return []


def _says_more(node: Node) -> bool:
    return any(keyword not in NOTES and keyword != "$ref" for keyword in node.value)


def _told_apart(types: list[str]) -> bool:
    """Whether no value is of two of these types."""
    return len(set(types)) == len(types) and not {"integer", "number"} <= set(types)


def _is_null(node: Node) -> bool:
    if not isinstance(node.value, dict):
        return False
    kinds = node.value.get("type")
    only = node.value.get("enum") == [None] or node.value.get("const", 0) is None
    return kinds in ("null", ["null"]) or (only and (kinds is None or "null" in kinds))


def _typed_by_variants(view: View, views: Views) -> None:
    """A choice without a type of its own has those of its variants, where all have one and none is nested in itself."""
    if view.types is not None or not view.variants:
        return
    kinds: set[str] = set()
    for variant in view.variants:
        found = _own_types(variant.node, views, 8)
        if found is None:
            return
        kinds |= found
    view.types = frozenset(kinds)


def _own_types(node: Node, views: Views, depth: int) -> set[str] | None:
    target = views.resolved(node)
    if not isinstance(target.value, dict) or depth == 0:
        return None
    kind = target.value.get("type")
    if isinstance(kind, str):
        return {kind}
    if isinstance(kind, list):
        return {str(one) for one in kind if one != "null"}
    if "properties" in target.value:
        return {"object"}
    for below in target.sequence("allOf"):
        found = _own_types(below, views, depth - 1)
        if found is not None:
            return found
    return None
