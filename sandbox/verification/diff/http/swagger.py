"""Swagger 2.0 read into the model: bodies and forms are parameters there, and media types stand apart."""

from __future__ import annotations

from typing import Any

from sandbox.verification.diff.http.model import (
    Body,
    Header,
    HttpApi,
    Media,
    Operation,
    Parameter,
    Response,
    media_type,
)
from sandbox.verification.diff.http.openapi import IGNORED_HEADERS, parameter_key, read_requirements
from sandbox.verification.diff.http.reading import operation_nodes, path_items
from sandbox.verification.documents.document import Node
from sandbox.verification.documents.library import Library

_STYLES = {"csv": "form", "multi": "form", "ssv": "spaceDelimited", "tsv": "tabDelimited", "pipes": "pipeDelimited"}
_FLOWS = {"accessCode": "authorizationCode", "application": "clientCredentials"}


def read_swagger(library: Library) -> HttpApi:
    """The document's operations. Raises InputError with line and pointer where it is not Swagger 2."""
    return _Reader(library).api()


class _Reader:
    def __init__(self, library: Library) -> None:
        self._library, self._root, self._resolved = library, library.main.root, library.resolved_object

    def api(self) -> HttpApi:
        paths = path_items(self._library)
        return HttpApi(
            self._library.version,
            self._servers(),
            {(path, one.method): one for path, item in paths.items() for one in self._operations(path, item)},
            {},
            {name: self._scheme(self._resolved(one)) for name, one in self._root.mapping("securityDefinitions")},
            self._root,
            paths,
        )

    def _servers(self) -> dict[str, Node]:
        host, base = self._root.text("host"), self._root.text("basePath") or ""
        place = self._root.get("host") or self._root.get("basePath") or self._root
        if host is None:
            return {base: place} if base else {}
        schemes = [str(one.value) for one in self._root.sequence("schemes")] or ["https"]
        return {f"{scheme}://{host}{base.rstrip('/')}": place for scheme in schemes}

    def _scheme(self, node: Node) -> Node:
        """A security definition as OpenAPI 3 writes it."""
        told = dict(node.value)
        if told.get("type") == "basic":
            told = {"type": "http", "scheme": "basic"}
        elif told.get("type") == "oauth2":
            flow = str(told.get("flow"))
            kept = ("authorizationUrl", "tokenUrl", "scopes")
            told = {
                "type": "oauth2",
                "flows": {_FLOWS.get(flow, flow): {key: told[key] for key in kept if key in told}},
            }
        return node.document.add((*node.pointer, "as OpenAPI 3"), told, node.pointer)

    def _operations(self, path: str, item: Node) -> list[Operation]:
        shared = item.sequence("parameters")
        return [self._operation(path, method, node, shared) for method, node in operation_nodes(item)]

    def _operation(self, path: str, method: str, node: Node, shared: list[Node]) -> Operation:
        told: dict[tuple[str, str], Node] = {}
        for one in (*shared, *node.sequence("parameters")):
            parameter = self._resolved(one)
            name, place = parameter.value.get("name"), parameter.text("in")
            if name is None or place is None:
                raise parameter.error("a parameter needs a name and a place", remedy="give it `name` and `in`")
            told[(place, str(name))] = parameter
        parameters = {
            parameter_key(place, name, path): self._parameter(place, name, one)
            for (place, name), one in told.items()
            if place not in ("body", "formData") and not (place == "header" and name.lower() in IGNORED_HEADERS)
        }
        produces = self._types(node, "produces")
        responses = {
            status.upper(): self._response(self._resolved(one), produces)
            for status, one in node.mapping("responses")
            if not status.startswith("x-")
        }
        return Operation(
            method, path, node.text("operationId"), node.flag("deprecated"), parameters, self._body(node, told),
            responses, read_requirements(node.get("security") or self._root.get("security")), {}, node,
        )  # fmt: skip

    def _types(self, node: Node, key: str) -> list[str]:
        told = node.sequence(key) or self._root.sequence(key)
        return [media_type(str(one.value)) for one in told]

    def _parameter(self, place: str, name: str, node: Node) -> Parameter:
        collection = node.text("collectionFormat") or "csv"
        style = "simple" if place in ("path", "header") else _STYLES.get(collection, collection)
        return Parameter(
            name, place, node.flag("required") or place == "path", (node,), style,
            collection == "multi" or (style == "form" and node.text("type") != "array"),
            node.flag("allowEmptyValue"), node.flag("deprecated") or node.flag("x-deprecated"), None, node,
        )  # fmt: skip

    def _body(self, node: Node, told: dict[tuple[str, str], Node]) -> Body | None:
        body = next((one for (place, _), one in told.items() if place == "body"), None)
        if body is not None:
            schema = body.get("schema")
            types = self._types(node, "consumes") or ["application/json"]
            return Body(body.flag("required"), {name: Media((schema,) if schema else (), body) for name in types}, body)
        fields = {name: one for (place, name), one in told.items() if place == "formData"}
        if not fields:
            return None
        form = self._form(node, fields)
        has_file = any(one.text("type") == "file" for one in fields.values())
        usual = "multipart/form-data" if has_file else "application/x-www-form-urlencoded"
        types = [name for name in self._types(node, "consumes") if "form" in name] or [usual]
        required = any(one.flag("required") for one in fields.values())
        return Body(required, {name: Media((form,), form) for name in types}, form)

    def _form(self, node: Node, fields: dict[str, Node]) -> Node:
        """The fields of a form as an object schema; each of its properties is written where the parameter is."""
        schema: dict[str, Any] = {"type": "object", "properties": {name: one.value for name, one in fields.items()}}
        if required := [name for name, one in fields.items() if one.flag("required")]:
            schema["required"] = required
        place = (*node.pointer, "form")
        form = node.document.add(place, schema, (*node.pointer, "parameters"))
        for name, one in fields.items():
            one.document.add((*place, "properties", name), one.value, one.pointer)
        return form

    def _response(self, node: Node, produces: list[str]) -> Response:
        schema = node.get("schema")
        content = (
            {name: Media((schema,), node) for name in produces or ["application/json"]} if schema is not None else {}
        )
        headers = {
            name.lower(): Header(False, (one,), False, False, one)
            for name, one in node.mapping("headers")
            if name.lower() != "content-type"
        }
        return Response(content, headers, node)
