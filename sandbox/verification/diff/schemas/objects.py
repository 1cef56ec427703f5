"""Properties of two object schemas, and the entries of two lists."""

from __future__ import annotations

from sandbox.verification.diff.changes import Direction
from sandbox.verification.diff.schemas.found import Found, Step
from sandbox.verification.diff.schemas.view import Schema, View
from sandbox.verification.diff.schemas.views import Views


class Objects:
    """Compares objects in one direction: read-only properties are no part of requests, write-only ones of responses."""

    def __init__(self, old: Views, new: Views, direction: Direction) -> None:
        self._old, self._new, self._direction = old, new, direction
        self._asked = direction is Direction.REQUEST

    def compare(self, found: Found, old: View, new: View) -> None:
        """Note what differs in the properties, and step into those that both have."""
        for name in dict.fromkeys((*old.properties, *new.properties)):
            self._property(found, name, old, new)
        for name, node in new.required.items():
            if name not in old.required and name not in old.properties and name not in new.properties:
                found.add("became-required", f"{name} became required", old.source("required"), node, name)
        for name, node in old.required.items():
            if name not in new.required and name not in old.properties and name not in new.properties:
                found.add("became-optional", f"{name} became optional", node, new.source("required"), name)
        self._others(found, old, new)

    def _property(self, found: Found, name: str, old: View, new: View) -> None:
        before, after = old.properties.get(name), new.properties.get(name)
        was, now = self._there(self._old, before), self._there(self._new, after)
        if before is not None and after is not None and was != now:
            self._mode(found, name, new, before, after, now)
        elif before is not None and after is not None and was:
            self._kept(found, name, old, new, before, after)
        elif was and before is not None:
            self._removed(found, name, old, new, before)
        elif now and after is not None:
            self._added(found, name, old, new, after)

    def _there(self, views: Views, schema: Schema | None) -> bool:
        if schema is None:
            return False
        view = views.of(schema)
        return not (view.read_only if self._asked else view.write_only)

    def _mode(self, found: Found, name: str, new: View, before: Schema, after: Schema, now: bool) -> None:
        word = "read-only" if self._asked else "write-only"
        if not now:
            found.add(f"became-{word}", f"{name} became {word}", before[0], after[0], name)
        elif name in new.required:
            told = f"{name} is {word} no more, and required"
            found.add("required-property-added", told, before[0], after[0], name)
        else:
            found.add(f"became-not-{word}", f"{name} is {word} no more", before[0], after[0], name)

    def _kept(self, found: Found, name: str, old: View, new: View, before: Schema, after: Schema) -> None:
        if name in new.required and name not in old.required:
            found.add("became-required", f"{name} became required", before[0], new.required[name], name)
        elif name in old.required and name not in new.required:
            found.add("became-optional", f"{name} became optional", old.required[name], after[0], name)
        self._other_mode(found, name, before, after)
        found.steps.append(Step(name, before, after))

    def _other_mode(self, found: Found, name: str, before: Schema, after: Schema) -> None:
        """A mark that means something in the other direction only."""
        was, now = self._old.of(before), self._new.of(after)
        word, had, has = (
            ("write-only", was.write_only, now.write_only)
            if self._asked
            else ("read-only", was.read_only, now.read_only)
        )
        if had != has:
            rule, told = (f"became-{word}", f"became {word}") if has else (f"became-not-{word}", f"is {word} no more")
            found.add(rule, f"{name} {told}", before[0], after[0], name)

    def _added(self, found: Found, name: str, old: View, new: View, after: Schema) -> None:
        place = old.source("properties", "type")
        if not self._asked and old.closed:
            told = f"{name} was added to an object that had ruled out more properties"
            found.add("property-added-to-closed-object", told, place, after[0], name)
        elif name in new.required:
            found.add("required-property-added", f"{name} was added and is required", place, after[0], name)
        else:
            found.add("optional-property-added", f"{name} was added", place, after[0], name)

    def _removed(self, found: Found, name: str, old: View, new: View, before: Schema) -> None:
        place = new.source("properties", "type")
        if self._asked and new.closed:
            told = f"{name} was removed, and the object rules out more properties"
            found.add("property-removed-from-closed-object", told, before[0], place, name)
        elif self._asked:
            found.add("property-removed", f"{name} was removed", before[0], place, name)
        elif name in old.required:
            found.add("required-property-removed", f"{name} was removed, and was required", before[0], place, name)
        else:
            found.add("optional-property-removed", f"{name} was removed", before[0], place, name)

    def _others(self, found: Found, old: View, new: View) -> None:
        places = (old.source("additionalProperties", "unevaluatedProperties"),
                  new.source("additionalProperties", "unevaluatedProperties"))  # fmt: skip
        objects = all(view.types is None or "object" in view.types for view in (old, new))
        if old.closed != new.closed and objects:
            rule = "additional-properties-disallowed" if new.closed else "additional-properties-allowed"
            told = "additional properties are ruled out now" if new.closed else "additional properties are allowed now"
            found.add(rule, told, *places)
        elif (old.additional or new.additional) and not (old.closed or new.closed):
            found.steps.append(Step("*", old.additional, new.additional))
        for pattern in dict.fromkeys((*old.by_pattern, *new.by_pattern)):
            before, after = old.by_pattern.get(pattern), new.by_pattern.get(pattern)
            if before is not None and after is not None:
                found.steps.append(Step(f"/{pattern}/", before, after))
            elif after is not None:
                found.add("constraint-added", f"properties that match {pattern} are restricted", places[0], after[0])
            elif before is not None:
                found.add(
                    "constraint-removed",
                    f"properties that match {pattern} are restricted no more",
                    before[0],
                    places[1],
                )


def compare_lists(found: Found, old: View, new: View, textual: bool) -> None:
    """Step into the entries of lists."""
    if (old.items is not None or new.items is not None) and _list(old) and _list(new):
        found.steps.append(Step("[]", old.items or (), new.items or (), textual))
    for index, (before, after) in enumerate(zip(old.entries, new.entries, strict=False)):
        found.steps.append(Step(f"[{index}]", (before,), (after,)))
    rest: Schema = ()
    for index in range(len(old.entries), len(new.entries)):
        found.steps.append(Step(f"[{index}]", old.items or rest, (new.entries[index],)))
    for index in range(len(new.entries), len(old.entries)):
        found.steps.append(Step(f"[{index}]", (old.entries[index],), new.items or rest))


def _list(view: View) -> bool:
    return view.types is None or "array" in view.types
