"""An OpenAPI 3 document, as pairs are held against it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from sandbox.errors import InputError
from sandbox.verification.diff.http.reading import operation_nodes
from sandbox.verification.documents.document import Document, Node, Pointer
from sandbox.verification.documents.library import Library
from sandbox.verification.messages.optional import Reason, Validator, pointer_of
from sandbox.verification.recorded.pair import encoded

_IN_FRAGMENTS = "/~!$&'()*+,;=:@"


@dataclass(frozen=True)
class Operation:
    """An operation: its method, template and base path, and where it stands in the document."""

    method: str
    template: str
    base: str
    node: Node
    parameters: tuple[Node, ...]

    @property
    def title(self) -> str:
        """As people name it."""
        return f"{self.method} {self.template}"

    def fits(self, path: str) -> bool:
        """Whether the path, encoded, is one of the template's."""
        return self._matched(path) is not None

    def values(self, path: str) -> dict[str, str]:
        """The path's parameters."""
        found = self._matched(path)
        values = map(unquote, () if found is None else found.groups())
        return dict(zip(_names(self.template), values, strict=found is not None))

    def _matched(self, path: str) -> re.Match[str] | None:
        return re.fullmatch(re.escape(encoded(self.base)) + _pattern(self.template), path)


class Api:
    """The operations and schemas of a document. Raises InputError with file, line and reason where it is broken."""

    def __init__(self, where: str) -> None:
        self.library = Library(where)
        root = self.library.main.root
        version = root.text("openapi") or ""
        if not version.startswith("3."):
            raise InputError(
                "is no OpenAPI 3 document", file=where, line=1, field="openapi", remedy="give one of OpenAPI 3.0 to 3.2"
            )
        self._old = version.startswith("3.0")
        self._bundle = self._modern(self.library.main.data)
        self._validators: dict[str, Validator] = {}
        self._others = {_uri(one.place): self._modern(one.data) for one in _reached(self.library)}
        self.operations = list(self._operations(root))

    def find(self, method: str, path: str) -> Operation | None:
        """The operation that a request means: one whose path is written out comes first."""
        found = [one for one in self.operations if one.method == method and one.fits(path)]
        return min(found, key=lambda one: one.template.count("{"), default=None)

    def knows(self, path: str) -> bool:
        """Whether any operation has the path."""
        return any(one.fits(path) for one in self.operations)

    def above(self, path: str) -> str | None:
        """The path of the servers below which all operations are, where this one is not; None where that is not so."""
        bases = list(dict.fromkeys(one.base for one in self.operations))
        if not bases or any((path + "/").startswith(encoded(base) + "/") for base in bases):
            return None
        return " or ".join(bases)

    def reasons(self, schema: Node, value: Any) -> list[Reason]:
        """What is wrong with a value by the schema that stands there."""
        key = f"{schema.document.place}#{pointer_of(schema.pointer)}"
        validator = self._validators.get(key)
        if validator is None:
            validator = self._validators[key] = self._compiled(schema)
        return [] if validator.fits(value) else validator.reasons(value)

    def _compiled(self, schema: Node) -> Validator:
        main = self.library.main
        place = "" if schema.document is main else _uri(schema.document.place)
        at = f"{place}#{quote(pointer_of(schema.pointer), safe=_IN_FRAGMENTS)}"
        root = {key: value for key, value in self._bundle.items() if isinstance(value, dict)}
        try:
            return Validator({**root, "$ref": at}, base_uri=_uri(main.place), others=self._others)
        except ValueError as error:
            raise schema.error(str(error)) from None

    def _modern(self, data: Any) -> Any:
        return _as_2020(copy.deepcopy(data)) if self._old else data

    def _operations(self, root: Node) -> Iterator[Operation]:
        for template, item in root.mapping("paths"):
            item = self.library.resolved(item)
            shared = [self.library.resolved(one) for one in item.sequence("parameters")]
            for method, node in operation_nodes(item):
                own = [self.library.resolved(one) for one in node.sequence("parameters")]
                named = {(one.text("in"), one.text("name")): one for one in (*shared, *own)}
                for base in _bases(node) or _bases(item) or _bases(root) or [""]:
                    yield Operation(method.upper(), template, base, node, tuple(named.values()))


def _reached(library: Library) -> list[Document]:
    """The other documents that references lead to, from the main one and from each of them. Raises InputError."""
    found = [library.main]
    for document in found:
        stack: list[tuple[Pointer, Any]] = [((), document.data)]
        while stack:
            pointer, value = stack.pop()
            if isinstance(value, Mapping):
                ref = value.get("$ref")
                if isinstance(ref, str) and not ref.startswith("#"):
                    other = library.target(Node(document, pointer, value), ref).document
                    found += [other] if all(other is not one for one in found) else []
                stack += [((*pointer, key), below) for key, below in value.items()]
            elif isinstance(value, list):
                stack += [((*pointer, index), below) for index, below in enumerate(value)]
    return found[1:]


def _bases(node: Node) -> list[str]:
    """The paths of the servers that are named there, variables by their defaults."""
    found = []
    for server in node.sequence("servers"):
        url = server.text("url") or ""
        for name, variable in server.mapping("variables"):
            url = url.replace(f"{{{name}}}", str(variable.value.get("default", "")))
        found.append(urlsplit(url).path.rstrip("/"))
    return list(dict.fromkeys(found))


def _names(template: str) -> list[str]:
    return re.findall(r"\{([^}]+)\}", template)


def _pattern(template: str) -> str:
    parts = re.split(r"\{[^}]+\}", template)
    return "([^/]+)".join(re.escape(encoded(part)) for part in parts)


def _uri(place: str) -> str:
    return place if "://" in place else f"file://{place}"


def _as_2020(value: Any) -> Any:
    """Schemas of OpenAPI 3.0 as JSON Schema has them since: null is a type, exclusive bounds are numbers."""
    if isinstance(value, list):
        return [_as_2020(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    found = {key: _as_2020(each) for key, each in value.items()}
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(found.get(exclusive), bool):
            is_so = found.pop(exclusive)
            if is_so and bound in found:
                found[exclusive] = found.pop(bound)
    if found.get("nullable") is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
        if isinstance(found.get("enum"), list) and None not in found["enum"]:
            found["enum"] = [*found["enum"], None]
    return found
