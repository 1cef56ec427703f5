"""Variants of a `oneOf` that a value may fit together: `oneOf` takes those alone that fit one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

from sandbox.verification.diff.schemas.disjoint import Disjoint
from sandbox.verification.diff.schemas.found import Difference, Found
from sandbox.verification.diff.schemas.view import Schema, Variant, View
from sandbox.verification.diff.schemas.views import Views
from sandbox.verification.documents.document import Node

ADDED, REMOVED = "one-of-overlap-added", "one-of-overlap-removed"
Moved = Callable[[Schema, Schema], bool]


@dataclass(frozen=True, slots=True)
class Overlap:
    """The variants of a `oneOf` in one version, which may overlap, each with what it is in both where both have it.

    Whether that matters is known when all inside is compared: values that fitted one variant fit two only where a
    variant came or takes more, and those that fitted two fit one where a variant went or takes less.
    """

    rule: str
    choice: View
    kept: tuple[tuple[Schema, Schema] | None, ...]
    places: tuple[Node | None, Node | None]
    disjoint: Disjoint

    def difference(self, moved: Moved) -> Difference | None:
        """What it comes to; `moved` says whether a schema takes more now, or less where overlaps went."""
        other = [pair is None or moved(*pair) for pair in self.kept]
        if not any(other):
            return None
        met: dict[int, Variant] = {}
        for one, two in combinations(range(len(self.kept)), 2):
            both = self.choice.variants[one], self.choice.variants[two]
            matters = (other[one] or other[two]) and (self.kept[one] or self.kept[two])
            if matters and not self.disjoint.variants(self.choice, *both):
                met |= {one: both[0], two: both[1]}
        return self._told([met[index] for index in sorted(met)]) if met else None

    def _told(self, met: list[Variant]) -> Difference:
        names = [variant.label for variant in met]
        several = " and ".join(filter(None, names)) if all(names) else f"{len(met)} variants"
        told = (
            f"nothing keeps {several} apart: a value that fitted one may fit several now, and oneOf refuses it"
            if self.rule == ADDED
            else f"nothing kept {several} apart: a value that fitted several, and was refused, may fit one now"
        )
        return Difference(self.rule, told, *self.places)


class Overlaps:
    """Notes where the variants of two schemas may overlap."""

    def __init__(self, old: Views, new: Views) -> None:
        self._old, self._new = Disjoint(old), Disjoint(new)

    def compare(self, found: Found, old: View, new: View, pairs: list[tuple[Variant, Variant]]) -> None:
        """Note the overlaps of two choices, to be weighed when all inside is compared."""
        schemas = [((before.node,), (after.node,)) for before, after in pairs]
        sides = (old, [before for before, _ in pairs]), (new, [after for _, after in pairs])
        if old.choice != "oneOf" or new.choice != "oneOf":
            return
        for overlap, (view, own) in zip((self._removed, self._added), sides, strict=True):
            kept = {id(variant): pair for variant, pair in zip(own, schemas, strict=True)}
            found.overlaps.append(overlap(old, new, tuple(kept.get(id(variant)) for variant in view.variants)))

    def wrapped(self, found: Found, old: View, new: View, same: Callable[[Node], bool]) -> None:
        """Note the overlap of a schema that became one of several, or the other way round, with the others."""
        for choice, overlap in ((new, self._added), (old, self._removed)):
            if choice.choice == "oneOf":
                first = next(index for index, variant in enumerate(choice.variants) if same(variant.node))
                kept = tuple(((), ()) if index == first else None for index in range(len(choice.variants)))
                if (difference := overlap(old, new, kept).difference(lambda *_: False)) is not None:
                    found.differences.append(difference)

    def _added(self, old: View, new: View, kept: tuple[tuple[Schema, Schema] | None, ...]) -> Overlap:
        return Overlap(ADDED, new, kept, _places(old, new), self._new)

    def _removed(self, old: View, new: View, kept: tuple[tuple[Schema, Schema] | None, ...]) -> Overlap:
        return Overlap(REMOVED, old, kept, _places(old, new), self._old)


def _places(old: View, new: View) -> tuple[Node | None, Node | None]:
    return old.source("oneOf"), new.source("oneOf")
