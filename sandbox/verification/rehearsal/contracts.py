"""Looking things up in the two contracts of a comparison: where a change stands, and what the schemas there say."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.verification.diff.http.model import HttpApi, Media, Operation, Parameter, Response, signature
from sandbox.verification.diff.schemas.view import Schema, View
from sandbox.verification.diff.schemas.views import Views

_NAMED = re.compile(r"(query|path|header|cookie) ([^/]+)(?:/(.*))?")


@dataclass(frozen=True, slots=True)
class Contract:
    """One of the two contracts, with its schemas made whole."""

    api: HttpApi
    views: Views

    def operation(self, title: str) -> Operation | None:
        """The operation that findings call so, in this contract: templates are the same whatever their names."""
        method, _, path = title.partition(" ")
        for (_, _), one in self.api.operations.items():
            if one.method.upper() == method and signature(one.path) == signature(path):
                return one
        return None

    def methods_of(self, path: str) -> list[str]:
        """The methods that a path answers to."""
        found = (one.method for one in self.api.operations.values() if signature(one.path) == signature(path))
        return sorted({method.upper() for method in found})

    def webhook(self, title: str) -> Operation | None:
        """The webhook that findings call `webhook NAME METHOD`."""
        return self.api.webhooks.get(title.removeprefix("webhook "))

    def request_view(self, title: str, subject: str) -> View | None:
        """What this contract says of a place in a request: a parameter (`query limit`) or a path in the body."""
        operation = self.operation(title)
        if operation is None:
            return None
        named = _NAMED.fullmatch(subject)
        if named is not None:
            parameter = parameter_of(operation, named[1], named[2])
            return None if parameter is None else self._inside(parameter.schema, named[3] or "")
        media = None if operation.body is None else json_of(operation.body.content)
        return None if media is None else self._inside(media.schema, subject)

    def answer_view(self, title: str, subject: str) -> View | None:
        """What this contract says of a place in an answer, `201/lines/[]/price`, or in a webhook's body."""
        if title.startswith("webhook "):
            webhook = self.webhook(title)
            media = None if webhook is None or webhook.body is None else json_of(webhook.body.content)
            return None if media is None else self._inside(media.schema, subject)
        operation = self.operation(title)
        status, _, path = subject.partition("/")
        response = None if operation is None else response_for(operation, status)
        media = None if response is None else json_of(response.content)
        return None if media is None else self._inside(media.schema, path)

    def _inside(self, schema: Schema, path: str) -> View | None:
        here: Schema | None = schema
        for step in [part for part in path.split("/") if part]:
            here = None if here is None else self._step(here, step)
        return None if here is None else self.views.of(here)

    def _step(self, schema: Schema, step: str) -> Schema | None:
        view = self.views.of(schema)
        if step == "[]":
            return view.items
        if re.fullmatch(r"\[\d+\]", step):
            index = int(step[1:-1])
            return (view.entries[index],) if index < len(view.entries) else view.items
        if step == "*":
            return view.additional
        if step[0] == "(" and step[-1] == ")":
            variants = [one for one in view.variants if one.label == step[1:-1]]
            return (variants[0].node,) if variants else schema
        return view.properties.get(step)


def parameter_of(operation: Operation, place: str, name: str) -> Parameter | None:
    """An operation's parameter; header names in any case."""
    for one in operation.parameters.values():
        same = one.name.lower() == name.lower() if place == "header" else one.name == name
        if one.place == place and same:
            return one
    return None


def response_for(operation: Operation, status: str) -> Response | None:
    """What an operation says of a status: by itself, as a range, or as the default."""
    names = (status.upper(), f"{status[:1]}XX", "DEFAULT")
    return next((operation.responses[name] for name in names if name in operation.responses), None)


def json_of(content: dict[str, Media]) -> Media | None:
    """The body in JSON, or else the first there is."""
    for name, media in content.items():
        if name.split(";")[0].endswith(("/json", "+json")) or name == "*/*":
            return media
    return next(iter(content.values()), None)


def successes(operation: Operation) -> list[int]:
    """The success statuses that are named one by one, lowest first."""
    return sorted(int(name) for name in operation.responses if name.isdecimal() and name[0] == "2")


def refusal_status(operation: Operation | None) -> int:
    """With which status the operation tells that a request does not fit: 422 or 400, whichever it declares."""
    declared = () if operation is None else operation.responses
    return next((status for status in (422, 400) if str(status) in declared), 400)
