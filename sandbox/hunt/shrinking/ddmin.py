"""Delta debugging (Zeller and Hildebrandt): a subset that still fails, and that no single part can be taken from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

Part = TypeVar("Part")


def minimised(parts: Sequence[Part], fails: Callable[[tuple[Part, ...]], bool]) -> tuple[Part, ...]:
    """A 1-minimal part of `parts`, in their order; all of them must fail. Deterministic where `fails` is.

    Nothing at all is tried first: what fails by itself needs no parts.
    """
    kept = tuple(parts)
    if not kept or fails(()):
        return ()
    pieces = 2
    while len(kept) > 1:
        chunks = _chunks(kept, pieces)
        smaller = _first(chunks, fails) if pieces < len(kept) or len(kept) == 2 else None
        if smaller is not None:
            kept, pieces = smaller, 2
            continue
        less = [tuple(part for other in chunks if other is not chunk for part in other) for chunk in chunks]
        smaller = _first(less, fails)
        if smaller is not None:
            kept, pieces = smaller, max(2, pieces - 1)
        elif pieces < len(kept):
            pieces = min(len(kept), 2 * pieces)
        else:
            break
    return kept


def _first(
    candidates: Sequence[tuple[Part, ...]], fails: Callable[[tuple[Part, ...]], bool]
) -> tuple[Part, ...] | None:
    return next((candidate for candidate in candidates if fails(candidate)), None)


def _chunks(parts: tuple[Part, ...], pieces: int) -> list[tuple[Part, ...]]:
    size, more = divmod(len(parts), pieces)
    ends = [place * size + min(place, more) for place in range(pieces + 1)]
    return [parts[first:last] for first, last in pairwise(ends)]
