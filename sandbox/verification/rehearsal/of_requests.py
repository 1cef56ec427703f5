"""Changes in what consumers write: the new provider refuses, ignores, or fills in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.verification.diff.schemas.view import MISSING, View
from sandbox.verification.rehearsal.at import BOUNDS, At, Express, Said, never, quiet, unsaid
from sandbox.verification.rehearsal.contracts import parameter_of

_CHOICES = "which variants of a choice are sent is not judged here"
_WRITTEN_OTHERWISE = "the mock behind reads parameters in one way only"


def _missing(at: At) -> Said:
    return at.does("refuse_missing")


def _ignored(at: At) -> Said:
    """A strict provider refuses what it does not know any more; one that reads over it has lost what it stood for."""
    if _was_required(at):
        return quiet("the new provider reads over it, and nothing else tells what it did with it")
    return at.does("drop")


def _refused(at: At) -> Said:
    return at.does("refuse_present")


def _parameter_removed(at: At) -> Said:
    """An optional one is ignored; without a required one the call means nothing, and a strict provider says so."""
    place, _, name = at.path.partition(" ")
    if place not in ("query", "header"):
        return unsaid(f"parameters in {place} are not rewritten")
    operation = at.old.operation(at.title)
    parameter = None if operation is None else parameter_of(operation, place, name)
    return at.does("refuse_present" if parameter is not None and parameter.required else "drop")


def _was_required(at: At) -> bool:
    above, _, name = at.subject.rpartition("/")
    view = at.old.request_view(at.title, above)
    return view is not None and name in view.required


def _read_only(at: At) -> Said:
    return at.does("refuse_present") if _was_required(at) else at.does("drop")


def _closed(at: At) -> Said:
    view = at.new_view
    return unsaid("the schema is not found") if view is None else at.does("refuse_unless", {"only": [*view.properties]})


def _unless(keywords: Callable[[View], dict[str, Any]]) -> Express:
    """Refuse what does not fit these keywords of the new schema."""

    def express(at: At) -> Said:
        view = at.new_view
        if view is None:
            return unsaid("its schema is not reached in the new contract")
        if at.path.partition(" ")[0] in ("path", "cookie"):
            return unsaid("parameters in paths and cookies are not judged here")
        wanted = keywords(view)
        if at.path.partition(" ")[0] in ("query", "header"):
            wanted = {**_type(view), **wanted}
        return at.does("refuse_unless", wanted) if wanted else quiet("the new contract says nothing of it")

    return express


def _type(view: View) -> dict[str, Any]:
    if view.types is None:
        return {}
    kinds = [*sorted(view.types), *(["null"] if view.nullable else [])]
    return {"type": kinds, **({"format": view.format} if view.format else {})}


def _enum(view: View) -> dict[str, Any]:
    allowed = view.enum if view.enum is not None else view.extensible
    return {} if allowed is None else {"enum": [*allowed, *([None] if view.nullable and None not in allowed else [])]}


def _bound(keyword: str) -> Callable[[View], dict[str, Any]]:
    def keywords(view: View) -> dict[str, Any]:
        bound = view.bounds.get(keyword)
        if bound is None:
            return {}
        name = f"exclusive{keyword[0].upper()}{keyword[1:]}" if bound.exclusive else keyword
        return {name: bound.value}

    return keywords


def _pattern(at: At) -> Said:
    view = at.new_view
    texts = [] if view is None else [*view.patterns]
    return at.done(*(at.edit("refuse_unless", {"pattern": text}) for text in texts))


def _default(at: At) -> Said:
    view = at.new_view
    if view is None or view.default is MISSING or view.default is None:
        return unsaid("what the new provider takes where the value is left out, it does not say")
    if at.path.partition(" ")[0] in ("path", "cookie"):
        return unsaid("parameters in paths and cookies are not rewritten")
    return at.does("add", view.default)


def _empty(at: At) -> Said:
    return at.does("refuse_unless", {"minLength": 1})


def _media(at: At) -> Said:
    media = at.change.text.partition(" ")[0]
    if not media.split(";")[0].endswith(("/json", "+json")):
        return quiet("the core sends JSON")
    return at.does("refuse", f"{media} is not taken any more", path="", reply=415)


REQUESTS: Mapping[str, Express] = {
    "new-required-request-parameter": _missing,
    "request-parameter-removed": _parameter_removed,
    "request-parameter-removed-with-deprecation": _parameter_removed,
    "request-parameter-style-changed": never(_WRITTEN_OTHERWISE),
    "request-parameter-explode-changed": never(_WRITTEN_OTHERWISE),
    "request-parameter-media-type-changed": never(_WRITTEN_OTHERWISE),
    "request-parameter-allow-empty-value-removed": _empty,
    "request-body-added-required": _missing,
    "request-body-removed": _refused,
    "request-body-media-type-removed": _media,
    "required-property-added": _missing,
    "became-required": _missing,
    "property-removed": _ignored,
    "property-removed-from-closed-object": _refused,
    "became-read-only": _read_only,
    "additional-properties-disallowed": _closed,
    "type-changed": _unless(_type),
    "type-specialized": _unless(_type),
    "became-not-nullable": _unless(_type),
    "enum-value-removed": _unless(_enum),
    "extensible-enum-value-removed": _unless(_enum),
    "became-enum": _unless(_enum),
    **{f"{slug}-decreased": _unless(_bound(word)) for slug, word in BOUNDS.items() if slug.startswith("max")},
    **{f"{slug}-increased": _unless(_bound(word)) for slug, word in BOUNDS.items() if slug.startswith("min")},
    **{f"{slug}-set": _unless(_bound(word)) for slug, word in BOUNDS.items()},
    **dict.fromkeys(("pattern-added", "pattern-changed", "pattern-replaced", "pattern-specialized"), _pattern),
    "unique-items-set": _unless(lambda _: {"uniqueItems": True}),
    **dict.fromkeys(
        ("multiple-of-set", "multiple-of-changed", "multiple-of-specialized"),
        _unless(lambda view: {"multipleOf": view.multiple_of} if view.multiple_of else {}),
    ),
    "default-value-changed": _default,
    **dict.fromkeys(
        ("one-of-removed", "any-of-removed", "variants-set", "any-of-became-one-of", "one-of-overlap-added",
         "discriminator-added",
         "discriminator-removed", "discriminator-property-name-changed", "discriminator-mapping-deleted",
         "discriminator-mapping-changed"),
        never(_CHOICES),
    ),
    "constraint-added": never("a keyword such as not, if or contains is not judged here"),
    "constraint-changed": never("a keyword such as not, if or contains is not judged here"),
}  # fmt: skip
