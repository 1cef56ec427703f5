"""What FastAPI needs to write a system's OpenAPI document: signatures and replies made from the route table."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import Body, FastAPI, Header, Path, Query, Security
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer, OAuth2
from pydantic import BaseModel, ConfigDict, Field, create_model

from mock_systems.kit.access import API_KEY_HEADER, FORM, TOKEN_PATH
from mock_systems.kit.links import links_of
from mock_systems.kit.problems import COMMON, Codes, Members, member_schemas, problem_schema
from mock_systems.kit.routes import OPEN_TO_ALL, Route
from mock_systems.kit.subscriptions import VALIDATION, AskedBack
from mock_systems.kit.wire import PROBLEM_JSON

if TYPE_CHECKING:
    from mock_systems.kit.system import MockSystem

_REF: Final = "#/components/schemas/{model}"
_BEARER: Final = HTTPBearer(auto_error=False, scheme_name="bearer", description="A token with the operation's scope.")
_API_KEY: Final = APIKeyHeader(name=API_KEY_HEADER, auto_error=False, scheme_name="api_key")
_SCOPES: Final = {"integration": "what an integration does", "shopper": "what a shopper does"}
_OAUTH: Final = OAuth2(
    flows=OAuthFlows(clientCredentials=OAuthFlowClientCredentials(tokenUrl=TOKEN_PATH, scopes=_SCOPES)),
    auto_error=False,
    scheme_name="oauth2",
)
_ALWAYS: Final = (401, 403, 429, 500, 503)
_LOADED: Final = (429, 500, 503)
_TITLES: Final = {
    400: "The body is not JSON",
    401: "No token or key that is known here",
    403: "The token lacks the operation's scope",
    404: "There is no such thing",
    409: "Refused as things stand",
    413: "The body is too large",
    422: "The request does not fit this contract, or the idempotency key came with another request",
    429: "Too many calls; see Retry-After where it is given",
    500: "The system failed",
    503: "The system is not available",
}
_LOCATION: Final[dict[str, Any]] = {"description": "where it is", "schema": {"type": "string"}, "required": True}
_DEPRECATION: Final[dict[str, dict[str, Any]]] = {
    "deprecation": {"description": "RFC 9745: since when", "schema": {"type": "string", "pattern": "^@[0-9]+$"}},
    "sunset": {"description": "RFC 8594: when it goes", "schema": {"type": "string"}},
}
_OK: Final = {200: "Done", 201: "Created", 202: "Taken", 204: "Done, and nothing to say"}


class FieldProblem(BaseModel):
    """One value that doesn't fit; `pointer` is a JSON pointer into the request."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """Problem details (RFC 9457). `type` is `urn:problem:<code>`; refusals add members of their own."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = Field(default=None, description="given where the request does not fit")


def signature_of(route: Route) -> Callable[..., None]:
    """A function with the operation's parameters, for FastAPI to read; it is never called."""
    given: dict[str, Any] = {
        name[1:-1]: Annotated[str, Path()] for name in route.path.strip("/").split("/") if name.startswith("{")
    }
    if route.query is not None:
        given["query"] = Annotated[route.query, Query()]
    if route.body is not None:
        given["body"] = Annotated[route.body, Body(media_type=FORM) if route.is_form else Body()]
    if route.honours_key:
        about = "the same key gets the same answer for 24 hours"
        given["idempotency_key"] = Annotated[str | None, Header(description=about)]
    if route.scope != OPEN_TO_ALL:
        given["bearer"] = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]
        given["api_key"] = Annotated[str | None, Security(_API_KEY)]
        given["oauth2"] = Annotated[str | None, Security(_OAUTH, scopes=[route.scope])]
    return _with_parameters(route.operation, given, optional=("idempotency_key", "bearer", "api_key", "oauth2"))


def add_webhook(app: FastAPI, topic: str, data: type[BaseModel]) -> None:
    """Describe the webhook of one topic."""
    name = "".join(part.capitalize() for part in topic.replace("_", ".").split(".")) + "Event"
    kind: Any = Literal[topic]
    event = create_model(name, type=(kind, ...), timestamp_us=(int, ...), data=(data, ...))
    given: dict[str, Any] = {
        "body": Annotated[event, Body()],
        "webhook_id": Annotated[str, Header(description="the same in each attempt")],
        "webhook_timestamp": Annotated[str, Header(description="seconds since 1970 of this attempt")],
        "webhook_signature": Annotated[str, Header(description="Standard Webhooks, over the raw body")],
        "traceparent": Annotated[str | None, Header(description="W3C trace context, where one is known")],
    }
    app.webhooks.add_api_route(
        topic,
        _with_parameters(topic, given, optional=("traceparent",)),
        methods=["POST"],
        operation_id=topic,
        summary="Sent at least once, in no order, until a 2xx answers",
        status_code=204,
        response_model=None,
        responses={204: {"description": "Acknowledged"}, "default": {"description": "Not taken: it comes again"}},
    )


def _with_parameters(name: str, given: dict[str, Any], optional: tuple[str, ...]) -> Callable[..., None]:
    def operation(**_: Any) -> None:
        raise AssertionError("the face answers; this is for the document")

    keyword = inspect.Parameter.KEYWORD_ONLY
    operation.__name__ = name
    operation.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                key, keyword, annotation=annotation, default=None if key in optional else inspect.Parameter.empty
            )
            for key, annotation in given.items()
        ]
    )
    return operation


def webhook_topics(system: MockSystem) -> dict[str, type[BaseModel]]:
    """Topic -> model of its data, of all that it sends: the system's own, and the one that asks for a token back."""
    return {**system.topics, VALIDATION: AskedBack} if system.topics else {}


def replies_of(route: Route, routes: Sequence[Route]) -> dict[int | str, dict[str, Any]]:
    """All replies that the operation may give, problems included, with links to the other `routes`."""
    replies: dict[int | str, dict[str, Any]] = {}
    for status, model in route.replies.items():
        if status < 400:
            replies[status] = _success(status, model, route)
        elif model is not None:
            replies[status] = {"description": _TITLES.get(status, "Refused"), "model": model}
    for status in sorted(_problem_statuses(route) - replies.keys()):
        problem_details = {"schema": {"$ref": _REF.format(model=f"Problem{status}")}}
        replies[status] = {
            "description": _TITLES.get(status, "Refused"),
            "content": {PROBLEM_JSON: problem_details},
        }
    made = 201 if 201 in replies else 200
    if made in replies and (links := links_of(route, routes)):
        replies[made]["links"] = links
    return replies


def _success(status: int, model: type[BaseModel] | None, route: Route) -> dict[str, Any]:
    reply: dict[str, Any] = {"description": _OK.get(status, "Done")}
    if model is not None:
        reply["model"] = model
    headers = {"location": _LOCATION} if status == 201 else {}
    headers.update((name, _DEPRECATION[name]) for name in route.told_headers)
    if headers:
        reply["headers"] = {name.title(): header for name, header in headers.items()}
    return reply


def _problem_statuses(route: Route) -> set[int]:
    statuses = {
        *(_ALWAYS if route.scope != OPEN_TO_ALL else _LOADED),
        *(status for status in route.replies if status >= 400),
    }
    if "{" in route.path:
        statuses.add(404)
    if route.body is not None:
        statuses.update((400, 413))
    if route.body is not None or route.query is not None or route.honours_key:
        statuses.add(422)
    return statuses


def finish_document(app: FastAPI, codes: Codes, members: Members) -> None:
    """Have the app's document define problem details, with the system's codes and what these bring with them.

    FastAPI's own errors are dropped.
    """
    write = app.openapi

    def openapi() -> dict[str, Any]:
        document = write()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            schema = Problem.model_json_schema(ref_template=_REF)
            schemas.update(schema.pop("$defs", {}))
            schemas["Problem"] = schema
            for status in sorted(_problem_statuses_in(document)):
                known = {*COMMON.get(status, ()), *codes.get(status, ())}
                own, definitions = member_schemas(members, known, _REF)
                schemas.update(definitions)
                schemas[f"Problem{status}"] = problem_schema(status, known, _REF.format(model="Problem"), own)
            for operations in document.get("paths", {}).values():
                for operation in operations.values():
                    _drop_foreign_validation_error(operation)
            for foreign in ("HTTPValidationError", "ValidationError"):
                schemas.pop(foreign, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _problem_statuses_in(document: dict[str, Any]) -> set[int]:
    return {
        int(status)
        for operations in document.get("paths", {}).values()
        for operation in operations.values()
        for status, reply in operation["responses"].items()
        if PROBLEM_JSON in reply.get("content", {})
    }


def _drop_foreign_validation_error(operation: dict[str, Any]) -> None:
    if PROBLEM_JSON not in operation["responses"].get("422", {}).get("content", {}):
        operation["responses"].pop("422", None)
