"""OpenAPI 3.0, 3.1 and 3.2 read into the model."""

from __future__ import annotations

from sandbox.verification.diff.http.model import (
    Body,
    Header,
    HttpApi,
    Media,
    Operation,
    Parameter,
    Requirement,
    Response,
    media_type,
    parameter_names,
)
from sandbox.verification.diff.http.reading import operation_nodes, path_items
from sandbox.verification.diff.schemas.view import Schema
from sandbox.verification.documents.document import Node
from sandbox.verification.documents.library import Library

IGNORED_HEADERS = frozenset(("accept", "content-type", "authorization"))  # as parameters they have no effect


def read_openapi(library: Library) -> HttpApi:
    """The document's operations. Raises InputError with line and pointer where it is not OpenAPI 3."""
    return _Reader(library).api()


def parameter_key(place: str, name: str, path: str) -> tuple[str, str]:
    """What a parameter is matched by: its place and name; header names in any case, path parameters by position."""
    if place == "path" and name in parameter_names(path):
        return place, str(parameter_names(path).index(name))
    return place, name.lower() if place == "header" else name


def read_requirements(node: Node | None) -> tuple[Requirement, ...]:
    """A list of security requirements."""
    found = []
    for one in node.each() if node is not None else []:
        one.expect(dict, "keys and values")
        schemes = {
            name: frozenset(map(str, scopes.value if isinstance(scopes.value, list) else ()))
            for name, scopes in one.entries()
        }
        found.append(Requirement(schemes, one))
    return tuple(found)


class _Reader:
    def __init__(self, library: Library) -> None:
        self._library, self._root, self._resolved = library, library.main.root, library.resolved_object

    def api(self) -> HttpApi:
        components = self._root.get("components")
        paths = path_items(self._library)
        webhooks: dict[str, Operation] = {}
        for name, item in (*self._root.mapping("webhooks"), *self._root.mapping("x-webhooks")):
            for operation in self._operations(name, self._resolved(item)):
                webhooks[f"{name} {operation.method}"] = operation
        return HttpApi(
            self._library.version,
            {str(one.text("url") or "/"): one for one in self._root.sequence("servers")},
            {(path, one.method): one for path, item in paths.items() for one in self._operations(path, item)},
            webhooks,
            {name: self._resolved(one) for name, one in (components.mapping("securitySchemes") if components else [])},
            self._root,
            paths,
        )

    def _operations(self, path: str, item: Node) -> list[Operation]:
        shared = item.sequence("parameters")
        return [self._operation(path, method, node, shared) for method, node in operation_nodes(item)]

    def _operation(self, path: str, method: str, node: Node, shared: list[Node]) -> Operation:
        parameters: dict[tuple[str, str], Parameter] = {}
        for one in (*shared, *node.sequence("parameters")):
            parameter = self._parameter(self._resolved(one))
            if parameter.place != "header" or parameter.name.lower() not in IGNORED_HEADERS:
                parameters[parameter_key(parameter.place, parameter.name, path)] = parameter
        body = node.get("requestBody")
        security = node.get("security") or self._root.get("security")
        callbacks = {}
        for name, callback in node.mapping("callbacks"):
            for url, item in self._resolved(callback).entries():
                for operation in self._operations(url, self._resolved(item)) if not url.startswith("x-") else []:
                    callbacks[f"{name} {url} {operation.method}"] = operation
        responses = {
            status.upper(): self._response(self._resolved(one))
            for status, one in node.mapping("responses")
            if not status.startswith("x-")
        }
        return Operation(
            method,
            path,
            node.text("operationId"),
            node.flag("deprecated"),
            parameters,
            self._body(self._resolved(body)) if body is not None else None,
            responses,
            read_requirements(security),
            callbacks,
            node,
        )  # fmt: skip

    def _parameter(self, node: Node) -> Parameter:
        name, place = node.value.get("name"), node.text("in")
        if name is None or place is None:
            raise node.error("a parameter needs a name and a place", remedy="give it `name` and `in`")
        style = node.text("style") or ("form" if place in ("query", "cookie") else "simple")
        explode = node.value.get("explode")
        content = self._content(node)
        schema, media = self._schema(node), None
        if content and not schema:
            media, first = next(iter(content.items()))
            schema = first.schema
        return Parameter(
            str(name), place, node.flag("required") or place == "path", schema, style,
            explode if isinstance(explode, bool) else style == "form",
            node.flag("allowEmptyValue"), node.flag("deprecated"), media, node,
        )  # fmt: skip

    def _schema(self, node: Node) -> Schema:
        schema = node.get("schema")
        return () if schema is None or schema.value is None else (schema,)

    def _content(self, node: Node) -> dict[str, Media]:
        found = {}
        for name, media in node.mapping("content"):
            resolved = self._resolved(media)
            found[media_type(name)] = Media(self._schema(resolved) or self._items(resolved), resolved)
        return found

    def _items(self, node: Node) -> Schema:
        items = node.get("itemSchema")
        return () if items is None else (items,)

    def _body(self, node: Node) -> Body:
        return Body(node.flag("required"), self._content(node), node)

    def _response(self, node: Node) -> Response:
        headers = {}
        for name, one in node.mapping("headers"):
            header = self._resolved(one)
            content = self._content(header)
            schema = self._schema(header) or next((media.schema for media in content.values()), ())
            explode = header.flag("explode")
            if name.lower() != "content-type":
                headers[name.lower()] = Header(
                    header.flag("required"), schema, explode, header.flag("deprecated"), header
                )
        return Response(self._content(node), headers, node)
