"""Field types that the systems' contracts share: they speak of the same trade, each in models of its own.

Requests are strict and refuse unknown fields. Money in minor units, quantities in eaches.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

# The highest whole number that every JSON reader keeps exactly (RFC 7493, 2.2).
VERSION_MOST: Final = (1 << 53) - 1

STRICT: Final = ConfigDict(strict=True, extra="forbid")

Name = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(min_length=1, max_length=64)]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2")]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217")]
LineNumber = Annotated[int, Field(ge=1, le=1_000_000)]
Quantity = Annotated[int, Field(ge=1, le=1_000_000_000, description="eaches")]
Minor = Annotated[int, Field(ge=0, le=1_000_000_000_000, description="minor units of the currency")]


@with_config(STRICT)
class ShipTo(TypedDict):
    """Where the goods go."""

    name: Name
    country: Country
    postcode: Annotated[str, Field(max_length=16)]
