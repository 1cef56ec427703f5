"""Requests judged as a system with another contract judges them."""

from __future__ import annotations

from typing import Any

from mock_systems.kit.wire import Reply, Request, problem
from sandbox.faults.contract.edit import REFUSALS, WireEdit
from sandbox.faults.contract.fitting import misfit, read_text
from sandbox.faults.contract.places import GONE, found, steps_of

_CODES = {401: "unauthenticated", 403: "forbidden", 404: "not-found", 405: "method-not-allowed", 415: "media-type"}


def refusal(request: Request, edit: WireEdit) -> Reply | None:
    """What the request is answered with under this edit; None where it stands."""
    if edit.do not in REFUSALS:
        return None
    errors = _errors(request, edit)
    if not errors:
        return None
    if edit.do == "refuse":
        reply = problem(edit.reply, _CODES.get(edit.reply, "refused"), errors[0]["detail"])
        if edit.reply == 405 and edit.value:
            reply.headers["allow"] = str(edit.value)
        return reply
    detail = "the request does not fit the contract that is in force"
    return problem(edit.reply, "invalid-request", detail, errors=errors)


def _errors(request: Request, edit: WireEdit) -> list[dict[str, str]]:
    if edit.do == "refuse":
        return [{"pointer": "", "detail": f"{request.method} {request.path} is not served any more"}]
    places = [(pointer, why) for pointer, value in _values(request, edit) if (why := _why(value, edit)) is not None]
    return [{"pointer": pointer, "detail": why} for pointer, why in places]


def _values(request: Request, edit: WireEdit) -> list[tuple[str, Any]]:
    where, name = edit.place
    if where == "body":
        if not steps_of(name):
            return [("", GONE if request.body is None else request.body)]
        return list(found(request.body, steps_of(name)))
    named: dict[str, str] = request.headers if where == "header" else request.query
    text = named.get(name.lower() if where == "header" else name)
    wanted = edit.value if isinstance(edit.value, dict) else {}
    return [(f"{where} {name}", GONE if text is None else read_text(text, wanted))]


def _why(value: Any, edit: WireEdit) -> str | None:
    if edit.do == "refuse_missing":
        return "is required, and missing" if value is GONE else None
    if edit.do == "refuse_present":
        return None if value is GONE else "is not taken any more"
    return None if value is GONE else misfit(value, edit.value)
