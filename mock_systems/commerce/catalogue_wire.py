"""The catalogue's part of the shop's contract. Prices in minor units of the shop's own currency."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mock_systems.kit.fields import STRICT, VERSION_MOST, Minor, Name


class CatalogueChange(BaseModel):
    """Body of changeItem: the item as it is from now on. `pack` is how many eaches a case has, 1: no cases.

    An item that is not `listed` is not sold any more; orders that took it stay as they are.
    """

    model_config = STRICT

    version: Annotated[int, Field(ge=1, le=VERSION_MOST)]
    name: Name
    price_minor: Minor
    pack: Annotated[int, Field(ge=1, le=1_000_000)]
    listed: bool


class CatalogueStatus(BaseModel):
    """What became of a change; `stale`: the shop had that version, or a newer one."""

    model_config = ConfigDict(extra="forbid")

    sku: str
    status: Literal["ok", "stale"]


class CatalogueItem(BaseModel):
    """An item that the shop lists; `version` is the highest that it was told."""

    model_config = ConfigDict(extra="forbid")

    sku: str
    version: int
    name: str
    price_minor: int
    currency: str
    pack: int
    listed: bool


class CataloguePage(BaseModel):
    """The catalogue, by sku."""

    model_config = ConfigDict(extra="forbid")

    items: list[CatalogueItem]
    next_cursor: str | None
