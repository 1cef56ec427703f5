"""A client of the broker's HAL API: relations are followed, no address is made up where the broker gives one."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final
from urllib.parse import quote

import httpx

from sandbox.errors import InputError, did_you_mean

_TIMEOUT_S: Final = 30.0
_HAL: Final = {"Accept": "application/hal+json, application/json"}
Json = dict[str, Any]
Query = list[tuple[str, str | int | float | bool | None]]


class Broker:
    """The broker at a URL. Who asks is told by PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD.

    Every method raises InputError where the broker does not answer, refuses, or does not offer a relation.
    """

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        token, name = os.environ.get("PACT_BROKER_TOKEN"), os.environ.get("PACT_BROKER_USERNAME")
        auth = httpx.BasicAuth(name, os.environ.get("PACT_BROKER_PASSWORD", "")) if name and not token else None
        headers = {**_HAL, **({"Authorization": f"Bearer {token}"} if token else {})}
        self._client = httpx.Client(
            headers=headers, auth=auth, timeout=_TIMEOUT_S, transport=transport, follow_redirects=True
        )
        self._index: Json | None = None

    def __enter__(self) -> Broker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def relation(self, name: str, **values: str) -> str:
        """The address of one of the index's relations, its template filled in."""
        if self._index is None:
            self._index = self.get(self.url)
        return link(self._index, name, self.url, **values)

    def get(self, address: str, params: Query | None = None) -> Json:
        """A resource."""
        found = self._asked("GET", address, params=params)
        if not isinstance(found, dict):
            raise InputError("answers with something that is no HAL resource", file=address)
        return found

    def post(self, address: str, body: Json) -> Json:
        """Make something."""
        found = self._asked("POST", address, body=body)
        return found if isinstance(found, dict) else {}

    def patch(self, address: str, body: Json) -> None:
        """Change something."""
        self._asked("PATCH", address, body=body, media="application/merge-patch+json")

    def put(self, address: str, body: Json) -> None:
        """Make something at an address of one's own."""
        self._asked("PUT", address, body=body)

    def _asked(
        self, method: str, address: str, *, params: Query | None = None, body: Json | None = None,
        media: str = "application/json",
    ) -> Any:  # fmt: skip
        headers = {"Content-Type": media} if body is not None else {}
        query = httpx.QueryParams(params) if params is not None else None
        try:
            answer = self._client.request(method, address, params=query, json=body, headers=headers)
            if answer.is_success:
                return answer.json() if answer.content else {}
        except ValueError:
            raise InputError("answers with something that is no JSON", file=address) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise InputError(f"the broker does not answer: {error or type(error).__name__}", file=address) from None
        remedy = "set PACT_BROKER_TOKEN" if answer.status_code in (401, 403) else None
        raise InputError(f"the broker says {answer.status_code}{_reason(answer)}", file=address, remedy=remedy)


def link(resource: Json, name: str, where: str, **values: str) -> str:
    """The address of a resource's relation. Raises InputError where there is none."""
    found = resource.get("_links", {}).get(name)
    href = found.get("href") if isinstance(found, Mapping) else None
    if not isinstance(href, str):
        raise InputError(f"the broker offers no {name}", file=where, remedy="take a newer Pact Broker: 2.86 or later")
    return re.sub(r"\{(\w+)\}", lambda match: quote(values.get(match[1], ""), safe=""), href)


def named_link(resource: Json, name: str, wanted: str, where: str) -> str:
    """The address of that one of a relation's links which has a name. Raises InputError where none has."""
    offered = [one for one in resource.get("_links", {}).get(name) or [] if isinstance(one, Mapping)]
    for one in offered:
        if one.get("name") == wanted and isinstance(one.get("href"), str):
            return str(one["href"])
    known = [str(one.get("name")) for one in offered]
    raise InputError(f"the broker has no {wanted!r} among {name}", file=where, remedy=did_you_mean(wanted, known))


def embedded(resource: Json, name: str) -> list[Json]:
    """The resources that are embedded under a name."""
    return [one for one in resource.get("_embedded", {}).get(name) or [] if isinstance(one, dict)]


def _reason(answer: httpx.Response) -> str:
    try:
        told = answer.json()
    except ValueError:
        return ""
    if not isinstance(told, dict):
        return ""
    errors = told.get("errors") or told.get("notices") or told.get("error") or told.get("detail")
    return f": {str(errors)[:300]}" if errors else ""
