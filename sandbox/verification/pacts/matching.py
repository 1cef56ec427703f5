"""Declarations as pact's matchers: requests to the letter, answers by type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pact import generate, match
from pact.match.matcher import AbstractMatcher

from sandbox.verification.pacts.exchanges.words import Exactly, Exchange, Given, OneOf


class _FromState(AbstractMatcher[str]):
    """A value that is the provider's own: the example for the consumer's test, the state's value for the provider."""

    def __init__(self, example: str, expression: str, pattern: str = ".+") -> None:
        self.value = example
        self._expression, self._pattern = expression, pattern

    def to_integration_json(self) -> dict[str, Any]:
        """For the library."""
        return {
            "pact:matcher:type": "regex",
            "regex": self._pattern,
            "value": self.value,
            **generate.provider_state(self._expression).to_integration_json(),
        }

    def to_matching_rule(self) -> dict[str, Any]:
        """For the pact file."""
        return {"match": "regex", "regex": self._pattern}


def path_of(exchange: Exchange) -> str | AbstractMatcher[Any]:
    """The path: a text, or with values of the state in it."""
    if "{" not in exchange.path:
        return exchange.path
    pattern = "^" + re.sub(r"\{[^}]*\}", "[^/]+", exchange.path) + "$"
    return _FromState(exchange.path.format_map(exchange.gives), exchange.path.replace("{", "${"), pattern)


def header_of(example: str, pattern: str) -> AbstractMatcher[str]:
    """A header whose value is the caller's own."""
    return match.regex(example, regex=f"^{pattern}$")


def value_of(value: Any, gives: Mapping[str, str]) -> Any:
    """A query's value."""
    return _FromState(gives[value.name], f"${{{value.name}}}") if isinstance(value, Given) else value


def body_of(value: Any, gives: Mapping[str, str]) -> Any:
    """A request's body: what it says, to the letter, with values of the state in their places."""
    if isinstance(value, Mapping):
        return {key: body_of(one, gives) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [body_of(one, gives) for one in value]
    return value_of(value, gives)


def answer_of(value: Any) -> Any:
    """An answer: anything of the same type will do, unless the declaration asks for more."""
    if isinstance(value, Exactly):
        return value.value
    if isinstance(value, OneOf):
        return match.regex(value.words[0], regex=f"^({'|'.join(map(re.escape, value.words))})$")
    if isinstance(value, Mapping):
        return {key: answer_of(one) for key, one in value.items()}
    if isinstance(value, list):
        return match.each_like(answer_of(value[0]), min=1)
    if isinstance(value, bool):
        return match.bool(value)
    if isinstance(value, int):
        return match.int(value)
    return value if value is None else match.str(value)
