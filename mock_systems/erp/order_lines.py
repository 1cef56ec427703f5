"""Lines of sales orders: the ERP's wire counts them in its own unit codes, its books in eaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from mock_systems.erp import wire
from mock_systems.kit.money import PricedLine
from mock_systems.kit.wire import Refusal


def in_eaches(line: wire.PricedLine) -> PricedLine:
    """The line as the books keep it. Raises Refusal for a case of unknown size, and for an each that has one."""
    if "unit" not in line and "pack" not in line:
        return cast("PricedLine", line)
    pack = pack_of(line)
    kept: PricedLine = {
        "line": line["line"],
        "sku": line["sku"],
        "quantity": line["quantity"] * pack,
        "price_minor": line["price_minor"],
    }
    if pack > 1:
        kept["uom"], kept["pack"] = "CS", pack
    if "tax_minor" in line:
        kept["tax_minor"] = line["tax_minor"]
    return kept


def pack_of(line: wire.PricedLine | wire.QuoteLine) -> int:
    """How many eaches one unit of the line is. Raises Refusal where unit and pack don't fit each other."""
    unit, pack = line.get("unit", "EA"), line.get("pack")
    if (unit == "CA") is (pack is None):
        raise Refusal(422, "unit-and-pack", "a pack is given with the unit CA, and with no other", sku=line["sku"])
    return pack or 1


def as_shown(lines: Sequence[PricedLine]) -> list[wire.PricedLine]:
    """The lines as the API shows them; the same where nothing is sold by the case."""
    if not any("pack" in line for line in lines):
        return cast("list[wire.PricedLine]", lines)
    return [_shown(line) for line in lines]


def _shown(line: PricedLine) -> wire.PricedLine:
    if "pack" not in line:
        return cast("wire.PricedLine", line)
    shown: wire.PricedLine = {
        "line": line["line"],
        "sku": line["sku"],
        "quantity": line["quantity"] // line["pack"],
        "price_minor": line["price_minor"],
        "unit": "CA",
        "pack": line["pack"],
    }
    if "tax_minor" in line:
        shown["tax_minor"] = line["tax_minor"]
    return shown
