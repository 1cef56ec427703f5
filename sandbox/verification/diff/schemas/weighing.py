"""Which overlaps of variants matter: known when all inside is compared, and one that does may make another matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from typing import Final

from sandbox.verification.diff.rules.table import TAKING_LESS, TAKING_MORE
from sandbox.verification.diff.schemas.found import Found
from sandbox.verification.diff.schemas.overlapping import ADDED, REMOVED, Overlap
from sandbox.verification.diff.schemas.view import Schema

Pair = int
_NAMES: Final = {ADDED: TAKING_MORE, REMOVED: TAKING_LESS}


class Weighing:
    """Pairs of schemas, all that are reached from one of them: what differs in each, and the pairs inside it."""

    def __init__(
        self,
        found: dict[Pair, Found],
        inside: Callable[[Pair], Sequence[tuple[str, Pair]]],
        number: Callable[[Schema, Schema], Pair],
    ) -> None:
        self._found, self._number = found, number
        self._above: dict[Pair, list[Pair]] = {}
        for pair in found:
            for _, inner in inside(pair):
                self._above.setdefault(inner, []).append(pair)
        self._moved: dict[str, set[Pair]] = {ADDED: set(), REMOVED: set()}

    def above(self, pairs: Iterable[Pair], known: Set[Pair] = frozenset()) -> set[Pair]:
        """These pairs, and all from which one of them is reached, without those that are known already."""
        waiting = [pair for pair in pairs if pair not in known]
        found = set(waiting)
        while waiting:
            above = self._above.get(waiting.pop(), ())
            more = [pair for pair in dict.fromkeys(above) if pair not in found and pair not in known]
            found.update(more)
            waiting += more
        return found

    def weigh(self) -> None:
        """Make differences of the overlaps that matter, and forget the others."""
        waiting = [(pair, overlap) for pair, found in self._found.items() for overlap in found.overlaps]
        if not waiting:
            return
        watching: dict[tuple[str, Pair], list[int]] = {}
        for place, (_, overlap) in enumerate(waiting):
            for kept in overlap.kept:
                if kept is not None:
                    watching.setdefault((overlap.rule, self._number(*kept)), []).append(place)
        self._move(self._found)
        due: Iterable[int] = range(len(waiting))
        told: set[int] = set()
        while due:
            struck = [place for place in due if self._tell(*waiting[place])]
            told.update(struck)
            moved = self._move(dict.fromkeys(waiting[place][0] for place in struck))
            due = sorted({place for each in moved for place in watching.get(each, ())} - told)
        for found in self._found.values():
            found.overlaps.clear()

    def _tell(self, pair: Pair, overlap: Overlap) -> bool:
        moved = self._moved[overlap.rule]
        difference = overlap.difference(lambda old, new: self._number(old, new) in moved)
        if difference is not None:
            self._found[pair].differences.append(difference)
        return difference is not None

    def _move(self, pairs: Iterable[Pair]) -> list[tuple[str, Pair]]:
        """Note which schemas take more now, or less for overlaps that went, and those around them; the new ones."""
        fresh: list[tuple[str, Pair]] = []
        for rule, names in _NAMES.items():
            taking = [pair for pair in pairs if any(one.rule in names for one in self._found[pair].differences)]
            moved = self.above(taking, self._moved[rule])
            self._moved[rule] |= moved
            fresh += [(rule, pair) for pair in moved]
        return fresh
