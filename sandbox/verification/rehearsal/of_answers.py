"""Changes in what consumers read: answers, their headers, and webhooks come otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.verification.diff.schemas.found import without
from sandbox.verification.diff.schemas.view import View
from sandbox.verification.rehearsal.at import BOUNDS, At, Express, Said, never, quiet, unsaid
from sandbox.verification.rehearsal.contracts import json_of, response_for, successes
from sandbox.verification.rehearsal.samples import main_type, property_for, sample

_CHOICES = "what another variant of a choice would look like in the mock's place is not known"
_UNSEEN = "its schema is not reached in both contracts"


def _removed(at: At) -> Said:
    new_name = at.renamed.get((at.title, at.subject))
    return at.does("drop") if new_name is None else at.does("move", new_name)


def _added(at: At) -> Said:
    if at.subject in {_renamed_to(subject, name) for (title, subject), name in at.renamed.items() if title == at.title}:
        return quiet("it is the new name of another property, which is rehearsed")
    if at.path.startswith("header "):
        return quiet("headers that are not known are read over")
    above, _, name = at.subject.rpartition("/")
    view = at.new.answer_view(at.title, above)
    schema = None if view is None else view.properties.get(name)
    if schema is None:
        return unsaid(_UNSEEN)
    return at.does("add", sample(at.new.views, schema))


def _renamed_to(subject: str, name: str) -> str:
    above, slash, _ = subject.rpartition("/")
    return f"{above}{slash}{name}"


def _at_times_missing(at: At) -> Said:
    return at.does("drop", None, at.share) if at.path else unsaid("a body that is missing altogether")


def _at_times_null(at: At) -> Said:
    return at.does("nullify", None, at.share)


def _retyped(at: At) -> Said:
    return _to_type(at, 1.0)


def _at_times_retyped(at: At) -> Said:
    return _to_type(at, at.share)


def _to_type(at: At, share: float) -> Said:
    old, new = at.old_view, at.new_view
    if old is None or new is None:
        return unsaid(_UNSEEN)
    kind = _new_type(old, new)
    if kind is None:
        return unsaid("the new contract does not say which type it has")
    if kind == "null":
        return at.does("nullify", None, share)
    wanted: dict[str, Any] = {"to": kind}
    if kind == "object":
        wanted |= {"like": sample(at.new.views, tuple(new.nodes)), "into": property_for(at.new.views, new, old.types)}
    elif new.format is not None:
        wanted["format"] = new.format
    return at.does("retype", wanted, share)


def _new_type(old: View, new: View) -> str | None:
    """The type that was not there before, where several are allowed now."""
    fresh = (new.types or frozenset()) - (old.types or frozenset())
    return next(iter(sorted(fresh)), None) or main_type(new)


def _new_word(at: At) -> Said:
    old, new = at.old_view, at.new_view
    if old is None or new is None:
        return unsaid(_UNSEEN)
    known = [*(old.enum or []), *(old.extensible or [])]
    fresh = without([*(new.enum or []), *(new.extensible or [])], known)
    types = old.types or frozenset(("string",))
    word = fresh[0] if fresh else "something_new" if "string" in types else _next_number(known)
    return (
        unsaid("no value is known that the old contract ruled out") if word is None else at.does("set", word, at.share)
    )


def _next_number(known: list[Any]) -> int | None:
    numbers = [value for value in known if isinstance(value, int) and not isinstance(value, bool)]
    return max(numbers) + 1 if numbers else None


def _beyond(slug: str, keyword: str) -> Express:
    """A value that the old bound ruled out."""

    def express(at: At) -> Said:
        old, new = at.old_view, at.new_view
        bound = None if old is None else old.bounds.get(keyword)
        if bound is None or new is None:
            return unsaid(_UNSEEN)
        limit = new.bounds.get(keyword)
        if keyword in ("maximum", "minimum"):
            step = 1 if slug.startswith("max") else -1
            value = int(bound.value) + step
            return at.does(
                "set", int(limit.value) if limit is not None and _past(value, limit.value, step) else value, at.share
            )
        if keyword == "maxLength":
            return at.does("lengthen", int(bound.value) + 1, at.share)
        if keyword == "minLength" and (limit is None or limit.value < 1):
            return at.does("set", "", at.share)
        if keyword == "minItems" and (limit is None or limit.value < 1):
            return at.does("set", [], at.share)
        return unsaid(f"what would come beyond the old {keyword} is not known")

    return express


def _past(value: int, limit: float, step: int) -> bool:
    return value > limit if step > 0 else value < limit


def _status_removed(at: At) -> Said:
    old, new = at.old.operation(at.title), at.new.operation(at.title)
    if old is None or new is None or at.status is None:
        return unsaid("a range of statuses is gone, and what comes instead is not told")
    instead = [status for status in successes(new) if status not in successes(old)] or successes(new)
    if not instead:
        return unsaid("no other success status is declared: what comes instead is not told")
    return at.done(at.edit("status", instead[0], path=""), *_emptied(at, instead[0]))


def _status_added(at: At) -> Said:
    old, new = at.old.operation(at.title), at.new.operation(at.title)
    if old is None or new is None or at.status is None:
        return unsaid("a range of statuses was added")
    gone = [status for status in successes(old) if status not in successes(new)]
    if gone:
        return quiet(f"it comes in the place of {gone[0]}, which is rehearsed")
    before = successes(old)
    if not before:
        return unsaid("no success status was declared that it could come in place of")
    share = at.share
    edits = [at.edit("status", at.status, share, path="", status=before[0])]
    return at.done(*edits, *_emptied(at, at.status, before[0], share))


def _emptied(at: At, status: int, before: int | None = None, share: float = 1.0) -> list[Any]:
    """The answer has no body where the new status has none."""
    new = at.new.operation(at.title)
    response = None if new is None else response_for(new, str(status))
    if response is None or response.content:
        return []
    return [at.edit("empty", None, share, path="", status=before or at.status)]


def _media_removed(at: At) -> Said:
    new = at.new.operation(at.title)
    response = None if new is None or at.status is None else response_for(new, str(at.status))
    if response is None:
        return unsaid("which media type comes instead is not told")
    if not response.content:
        return at.does("empty", path="")
    gone = at.change.text.partition(" ")[0]
    if not gone.endswith(("/json", "+json")):
        return quiet("the mock answers in JSON")
    name = next(name for name, media in response.content.items() if media is json_of(response.content))
    return at.does("media", name if "*" not in name else "text/plain", path="")


def _header_removed(at: At) -> Said:
    return at.does("drop")


def _lost(at: At) -> Said:
    return at.does("lose", path="") if at.is_webhook else unsaid("callbacks are not called by the mock")


ANSWERS: Mapping[str, Express] = {
    "required-property-removed": _removed,
    "optional-property-removed": _removed,
    "became-write-only": _removed,
    "became-optional": _at_times_missing,
    "required-property-added": _added,
    "optional-property-added": _added,
    "property-added-to-closed-object": _added,
    "became-nullable": _at_times_null,
    "type-changed": _retyped,
    "type-generalized": _at_times_retyped,
    **dict.fromkeys(("enum-value-added", "extensible-enum-value-added", "enum-unset"), _new_word),
    **{f"{slug}-increased": _beyond(slug, word) for slug, word in BOUNDS.items() if slug.startswith("max")},
    **{f"{slug}-decreased": _beyond(slug, word) for slug, word in BOUNDS.items() if slug.startswith("min")},
    **{f"{slug}-unset": _beyond(slug, word) for slug, word in BOUNDS.items()},
    **dict.fromkeys(
        ("pattern-removed", "pattern-changed", "pattern-replaced", "pattern-generalized"),
        never("a value that fits the new pattern and not the old one, and still means the same, is not known"),
    ),
    "unique-items-unset": never("which entry would come twice is not known"),
    **dict.fromkeys(
        ("multiple-of-unset", "multiple-of-changed", "multiple-of-generalized"),
        never("a number that was ruled out, and still means the same, is not known"),
    ),
    **dict.fromkeys(
        ("one-of-added", "any-of-added", "variants-unset", "one-of-became-any-of", "one-of-overlap-removed",
         "discriminator-added",
         "discriminator-removed", "discriminator-property-name-changed", "discriminator-mapping-added",
         "discriminator-mapping-changed"),
        never(_CHOICES),
    ),
    "constraint-removed": never("a keyword such as not, if or contains is not judged here"),
    "constraint-changed": never("a keyword such as not, if or contains is not judged here"),
    "additional-properties-allowed": never("which properties would come besides is not told"),
    "response-success-status-removed": _status_removed,
    "response-success-status-added": _status_added,
    "response-non-success-status-removed": never("documents need not list all errors: what comes instead is not told"),
    "response-media-type-removed": _media_removed,
    "required-response-header-removed": _header_removed,
    "optional-response-header-removed": _header_removed,
    "response-header-explode-changed": never("the mock writes headers in one way only"),
    "webhook-removed": _lost,
}  # fmt: skip
