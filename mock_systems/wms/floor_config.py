"""How the floors of the warehouses work: people, waves and times."""

from __future__ import annotations

from dataclasses import dataclass

from mock_systems.kit.physics import DAY, MINUTE, SECOND


@dataclass(frozen=True, slots=True)
class FloorConfig:
    """How the floors work. `pickers` and `packers` stand in for those of every site; None: as the sites have them.

    Times are means of lognormal ones, `spread` the sigma of their logarithm. Above `pick_units_most` units are
    fetched as whole pallets and take no more time. Orders that leave `home_country` are picked first in
    their wave. `carton_g` is the weight of the empty carton. `short_picks` is the share of lines of which
    the picker finds less than the books say.
    """

    pickers: int | None = None
    packers: int | None = None
    wave_every_us: int = 15 * MINUTE
    pick_order_us: int = 40 * SECOND
    pick_line_us: int = 15 * SECOND
    pick_unit_us: int = 1 * SECOND
    pick_units_most: int = 120
    pack_order_us: int = 60 * SECOND
    pack_line_us: int = 5 * SECOND
    spread: float = 0.35
    carton_g: int = 150
    home_country: str = "GB"
    short_picks: float = 0.0

    def __post_init__(self) -> None:
        for name in ("pickers", "packers", "wave_every_us"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise ValueError(f"{name} must be 1 or more (got {number})")
        if not 0 <= self.short_picks <= 1:
            raise ValueError(f"short_picks is a share from 0 to 1 (got {self.short_picks})")
        if DAY % self.wave_every_us:
            raise ValueError(
                f"wave_every_us must divide a day, so that waves keep their times (got {self.wave_every_us})"
            )
        for name in ("pick_order_us", "pick_line_us", "pick_unit_us", "pick_units_most", "pack_order_us"):
            self._not_negative(name)
        for name in ("pack_line_us", "spread", "carton_g"):
            self._not_negative(name)

    def _not_negative(self, name: str) -> None:
        if getattr(self, name) < 0:
            raise ValueError(f"{name} must be 0 or more (got {getattr(self, name)})")
