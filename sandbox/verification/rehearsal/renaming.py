"""Properties of answers that are the old ones under another name: by hints, or where no other reading is left."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.errors import InputError, did_you_mean
from sandbox.verification.diff.changes import Change, Direction
from sandbox.verification.diff.comparison import ComparedApis
from sandbox.verification.diff.rules.table import rule_of
from sandbox.verification.rehearsal.contracts import Contract

Hints = Sequence[tuple[str, str]]
"""Old and new names of properties."""

_REMOVED = ("required-property-removed", "optional-property-removed")
_ADDED = ("required-property-added", "optional-property-added", "property-added-to-closed-object")
_Place = tuple[str, str]


def renamed(found: ComparedApis, old: Contract, new: Contract, hints: Hints) -> dict[_Place, str]:
    """The new names by operation and subject of the old property.

    Without a hint, one that is gone was renamed where one other of its type came to the same object, and no more.
    Raises InputError for a hint that fits nothing.
    """
    gone, came = _places(found, _REMOVED), _places(found, _ADDED)
    names: dict[_Place, str] = {}
    for title, subject in gone:
        above, _, name = subject.rpartition("/")
        beside = [one for one in came if one[0] == title and one[1].rpartition("/")[0] == above]
        hinted = [to for was, to in hints if was == name and any(one[1].rpartition("/")[2] == to for one in beside)]
        siblings = [one for one in gone if one[0] == title and one[1].rpartition("/")[0] == above]
        if hinted:
            names[title, subject] = hinted[0]
        elif len(beside) == len(siblings) == 1 and _alike(old, new, (title, subject), beside[0]):
            names[title, subject] = beside[0][1].rpartition("/")[2]
    _refuse_unused(hints, gone, names)
    return names


def _places(found: ComparedApis, rules: Sequence[str]) -> list[_Place]:
    return [place for change, places in found.places.items() if _is(change, rules) for place in places]


def _is(change: Change, rules: Sequence[str]) -> bool:
    return change.direction is Direction.RESPONSE and rule_of(change.rule).name in rules


def _alike(old: Contract, new: Contract, was: _Place, now: _Place) -> bool:
    before, after = old.answer_view(*was), new.answer_view(*now)
    if before is None or after is None or before.types is None:
        return False
    return (before.types, before.format, before.enum) == (after.types, after.format, after.enum)


def _refuse_unused(hints: Hints, gone: Sequence[_Place], names: dict[_Place, str]) -> None:
    for was, to in hints:
        if not any(subject.rpartition("/")[2] == was and name == to for (_, subject), name in names.items()):
            known = sorted({subject.rpartition("/")[2] for _, subject in gone})
            raise InputError(
                f"no property {was!r} of an answer is gone while {to!r} came to the same object",
                field="--renamed",
                remedy=did_you_mean(was, known) if known else "leave it out",
            )
