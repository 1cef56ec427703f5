"""Messages held against their schemas."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.verification.messages.catalogue import Catalogue
from sandbox.verification.messages.envelope import Message
from sandbox.verification.messages.optional import Reason
from sandbox.verification.published.index import State


@dataclass(frozen=True, slots=True)
class Checked:
    """What a message came to: `not_tested` says why no schema was asked, or is None; `reasons` what is wrong."""

    message: Message
    source: str | None = None
    version: str | None = None
    not_tested: str | None = None
    reasons: tuple[Reason, ...] = ()


def check_message(message: Message, catalogue: Catalogue) -> Checked:
    """Hold one message against the schema of its type and version. Raises InputError for a broken schema."""
    schemas = catalogue.find(message.type, message.source, message.version)
    if not schemas:
        return Checked(message, message.source, message.version, _unknown(message, catalogue))
    if len(schemas) > 1:
        # Several systems send it, and the recording does not say which: it has to fit one of them.
        schemas = [next((one for one in schemas if one.validator.fits(message.value)), schemas[0])]
    (schema,) = schemas
    reasons = list(message.envelope)
    if not schema.validator.fits(message.value):
        reasons += schema.validator.reasons(message.value)
    if schema.state is State.RETIRED:
        reasons.append(Reason("", f"version {schema.version} was retired on {schema.sunset}"))
    return Checked(message, schema.source, schema.version, None, tuple(reasons))


def title_of(source: str | None, type_: str, version: str | None) -> str:
    """What a message is called, as far as it is known."""
    named = f"{source}/{type_}" if source else type_
    return f"{named} {version}" if version else named


def _unknown(message: Message, catalogue: Catalogue) -> str:
    if message.version is not None and catalogue.knows(message.type, message.source):
        return f"there is no version {message.version} of {title_of(message.source, message.type, None)}"
    if message.source is not None and catalogue.knows(message.type):
        return f"{message.source} sends no {message.type}"
    return f"there is no type {message.type}"
