"""Trials with fewer orders: the shop numbers them anew, and faults that name one have to follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sandbox.faults.atoms import Atom
from sandbox.hunt.shrinking.attempts import Attempts, Case
from sandbox.hunt.shrinking.ddmin import minimised
from sandbox.hunt.trial import Trial


def order_of(atom: Atom) -> str | None:
    """The business order that an atom names."""
    order: str | None = getattr(atom, "order", None)
    return order


def with_order(atom: Atom, order: str | None) -> Atom:
    """The atom about another order."""
    changed: dict[str, Any] = {"order": order}
    return replace(atom, **changed)


def with_fewer_orders(trial: Trial, kept: Sequence[str], numbers: Mapping[str, str]) -> Trial:
    """The trial with these orders alone, by reference; `numbers` are the business orders that they were.

    The shop numbers orders as they come. Faults of orders that are left out are left out, too.
    """
    in_turn = sorted(numbers.values())
    left = sorted(numbers[reference] for reference in kept if reference in numbers)
    return renumbered(replace(trial, orders=tuple(kept)), dict(zip(left, in_turn, strict=False)), set(in_turn))


def with_more_orders(
    trial: Trial, orders: tuple[str, ...] | None, numbers: Mapping[str, str], wanted: Mapping[str, str]
) -> Trial:
    """The trial with these orders (None: all), by reference; its own were `numbers`, now they are as in `wanted`."""
    anew = {number: wanted[reference] for reference, number in numbers.items() if reference in wanted}
    return renumbered(replace(trial, orders=orders), anew, set(numbers.values()))


def renumbered(trial: Trial, anew: Mapping[str, str], known: set[str]) -> Trial:
    """Faults name the orders as they are numbered now; those of `known` orders that have no number are gone."""
    atoms: list[Atom] = []
    for atom in trial.atoms:
        order = order_of(atom)
        if order is None or order not in known:
            atoms.append(atom)
        elif order in anew:
            atoms.append(with_order(atom, anew[order]))
    return replace(trial, atoms=tuple(atoms))


def fewest_orders(case: Case, attempts: Attempts) -> Case:
    """The case with as few orders as it needs; the order that suffered, and those that faults name, first."""
    before = attempts.outcome(case)
    numbers = before.orders
    found: dict[tuple[str, ...], Case] = {}

    def fails(kept: tuple[str, ...]) -> bool:
        tried = _tried(case, kept, numbers, attempts)
        if tried is not None:
            found[kept] = tried
        return tried is not None

    suffering = before.first(*attempts.failure)
    named = {order_of(atom) for atom in case.trial.atoms} | {None if suffering is None else suffering.order}
    parts = tuple(numbers) if case.trial.orders is None else case.trial.orders
    few = tuple(reference for reference in parts if numbers.get(reference) in named)
    start = next((some for some in (few, parts) if some and fails(some)), None)
    if start is None:
        return case
    smallest = minimised(start, fails)
    return found.get(smallest, case)


def _tried(case: Case, kept: tuple[str, ...], numbers: Mapping[str, str], attempts: Attempts) -> Case | None:
    """The case with these orders, if it fails; tried again where the shop numbers them otherwise than was thought."""
    fewer = replace(case, trial=with_fewer_orders(case.trial, kept, numbers))
    if attempts.fails(fewer):
        return fewer
    actual = attempts.outcome(fewer).orders
    in_turn = sorted(numbers.values())
    placed = [reference for reference in kept if reference in numbers]
    thought = dict(zip(sorted(numbers[reference] for reference in placed), in_turn, strict=False))
    anew = {numbers[reference]: actual[reference] for reference in placed if reference in actual}
    if all(thought.get(old) == new for old, new in anew.items()):
        return None
    trial = renumbered(replace(case.trial, orders=kept), anew, set(in_turn))
    again = replace(case, trial=trial)
    return again if attempts.fails(again) else None
