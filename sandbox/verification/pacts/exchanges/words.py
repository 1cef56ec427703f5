"""The words in which interactions are declared: states, exchanges over HTTP, and messages that are heard.

A plain value in an answer stands for its type: the adapter takes any other value of that type just as well. A list
stands for one or more entries like its first. Where the adapter needs more, `OneOf` and `Exactly` say so; requests are
what the adapter sends, to the letter.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sandbox.core.model.errand import Errand


@dataclass(frozen=True, slots=True)
class Given:
    """A value that the provider's state gives, by its name there: a number of its own, which no consumer knows."""

    name: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these words; the first of them is the example."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exactly:
    """This value and no other."""

    value: Any


@dataclass(frozen=True, slots=True)
class State:
    """What the provider is to be like before: `params` tell it what the consumer reckons with, `gives` are names of
    values that it answers with, each with an example.
    """

    name: str
    params: Mapping[str, Any] = field(default_factory=dict)
    gives: Mapping[str, str] = field(default_factory=dict)


class Asked(NamedTuple):
    """A call of an adapter: the method, as a function of its class, and what it is given besides its errand."""

    method: Callable[..., Awaitable[Any]]
    args: tuple[Any, ...]
    options: Mapping[str, Any]

    @property
    def name(self) -> str:
        """`ErpApi.quote`."""
        return self.method.__qualname__

    async def of(self, api: Any, errand: Errand) -> Any:
        """Make the call with this adapter."""
        return await self.method(api, *self.args, errand=errand, **self.options)


def asks(method: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Asked:
    """The call `method(api, *args, errand=..., **options)`."""
    return Asked(method, args, options)


@dataclass(frozen=True, slots=True)
class Refused:
    """The adapter raises SystemRefused with this code; `body` are fields of the problem that the core goes on with."""

    status: int
    code: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """The adapter raises SystemUnavailable, and asks again no earlier than after `for_s` seconds."""

    for_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request of an adapter and the answer that it can work with.

    `path` may name values of the state: `/sales-orders/{sales_order}`. `reads` is what the core makes of what the
    adapter gives, `comes_to` what that is for the example. `headers` are those of the answer that are relied on. With
    `token` False the request shows no bearer token of the integration.
    """

    system: str
    does: str
    asked: Asked
    method: str
    path: str
    comes_to: Any = None
    state: State | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    key: str | None = None
    status: int = 200
    answer: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    reads: Callable[[Any], Any] | None = None
    token: bool = True

    @property
    def gives(self) -> Mapping[str, str]:
        """The values of the state, by name."""
        return {} if self.state is None else self.state.gives


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One webhook that the core reads: `data` is what it relies on, `reads` its reader, which gives `comes_to`."""

    system: str
    topic: str
    does: str
    state: State
    data: Any
    reads: Callable[[Any], Any]
    comes_to: Any


def problem(status: int, code: str, **extensions: Any) -> dict[str, Any]:
    """A refusal as problem details (RFC 9457), of which the core relies on the type, and hands the detail on."""
    return {"type": Exactly(f"urn:problem:{code}"), "detail": "why it is refused", **extensions}
