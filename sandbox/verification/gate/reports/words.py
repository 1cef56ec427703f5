"""How a detail is told in a line."""

from __future__ import annotations

from sandbox.verification.diff.changes import Place
from sandbox.verification.gate.answers import Detail


def detail_words(detail: Detail) -> str:
    """Interaction, field, what is wrong, and where."""
    told = ": ".join(part for part in (detail.interaction, detail.field, detail.text) if part)
    places = ", ".join(map(place_words, detail.places))
    return f"{told} ({places})" if places else told


def place_words(place: Place) -> str:
    """`file:line`."""
    return f"{place.file}:{place.line}"
