"""The validator, which the extra `contracts` brings: loaded when messages or recorded pairs are checked, not before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sandbox.errors import InputError


class Reason(NamedTuple):
    """Why a value does not fit: JSON pointer into it, what is wrong there, and which part of the schema says so."""

    pointer: str
    text: str
    rule: str = ""


class Validator:
    """A JSON Schema, 2020-12 where it doesn't say otherwise, compiled once; formats are checked, too.

    References lead from `base_uri` to the `others`, by URI. Raises InputError without the extra, and ValueError for a
    schema that is none.
    """

    def __init__(
        self, schema: Mapping[str, Any], *, base_uri: str | None = None, others: Mapping[str, Any] | None = None
    ) -> None:
        rust = _library()
        more: dict[str, Any] = {} if base_uri is None else {"base_uri": base_uri}
        try:
            if others:
                more["registry"] = rust.Registry(list(others.items()))
            self._validator: Any = rust.validator_for(dict(schema), validate_formats=True, **more)
        except (rust.ValidationError, rust.ReferencingError) as error:
            raise ValueError(f"is no JSON Schema: {getattr(error, 'message', error)}") from None

    def fits(self, value: Any) -> bool:
        """Whether the value is as the schema wants it."""
        return bool(self._validator.is_valid(value))

    def reasons(self, value: Any) -> list[Reason]:
        """What is wrong with the value, a hundred things at most: something else altogether has one for each member."""
        found: list[Reason] = []
        for error in self._validator.iter_errors(value):
            rule = pointer_of(error.schema_path)
            found.append(Reason(pointer_of(error.instance_path), _shortened(error.message), rule))
            if len(found) == _REASONS_MOST:
                break
        return found


_REASONS_MOST = 100
_TEXT_MOST = 300


def pointer_of(parts: Iterable[str | int]) -> str:
    """A path as RFC 6901 has it."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _shortened(text: str) -> str:
    return text if len(text) <= _TEXT_MOST else f"{text[:_TEXT_MOST]} …"


def _library() -> Any:
    try:
        import jsonschema_rs
    except ImportError:
        raise InputError(
            "jsonschema-rs is not installed, which messages are checked with",
            remedy="pip install 'distribution-erp-sandbox[contracts]'",
        ) from None
    return jsonschema_rs
