"""Rules for what values may be: types, enums, bounds, patterns.

The logic is one: what consumers write may be allowed more, never less; what they read may become less, never more.
"""

from __future__ import annotations

from sandbox.verification.diff.rules.rule import BREAKING, DANGEROUS, SAFE, Rule, of_sites

_TYPE = "JSON Schema 2020-12 validation, 6.1.1 type; OpenAPI 3.1, data types and formats"
_ENUM = "JSON Schema 2020-12 validation, 6.1.2 enum and 6.1.3 const"
_NULL = "OpenAPI 3.0 nullable; JSON Schema type null"
_NUMBERS = "JSON Schema 2020-12 validation, 6.2 and 6.3"
_NARROW = "A consumer that sends what the old contract allowed is refused now. What is read only became less."
_WIDEN = (
    "What was sent is still right. But a consumer may read what the old contract ruled out, and was not built for it."
)


def _narrows(name: str, what: str, source: str, why: str = _NARROW) -> Rule:
    return of_sites(name, BREAKING, SAFE, what, why, source)


def _widens(name: str, what: str, source: str, why: str = _WIDEN) -> Rule:
    return of_sites(name, SAFE, BREAKING, what, why, source)


def _bounds(slug: str, keyword: str) -> list[Rule]:
    source = f"JSON Schema 2020-12 validation, {keyword}"
    tighter, looser = ("decreased", "increased") if slug.startswith("max") else ("increased", "decreased")
    return [
        _narrows(f"{slug}-{tighter}", f"`{keyword}` was {tighter}.", source),
        _narrows(f"{slug}-set", f"`{keyword}` was set where there was none.", source),
        _widens(f"{slug}-{looser}", f"`{keyword}` was {looser}.", source),
        _widens(f"{slug}-unset", f"`{keyword}` was taken away.", source),
    ]


_BOUNDED = {
    "max": "maximum",
    "min": "minimum",
    "max-length": "maxLength",
    "min-length": "minLength",
    "max-items": "maxItems",
    "min-items": "minItems",
    "max-properties": "maxProperties",
    "min-properties": "minProperties",
}

VALUE_RULES: tuple[Rule, ...] = (
    of_sites(
        "type-changed",
        BREAKING,
        BREAKING,
        "The type or format became another one.",
        "Neither contains the other: a string where a number was is refused by one side, whichever writes it.",
        _TYPE,
    ),
    _widens(
        "type-generalized",
        "The type or format allows more than before, as number does to integer, or no format to one.",
        _TYPE,
    ),
    _narrows(
        "type-specialized",
        "The type or format allows less than before, as int32 does to int64, or a format to none.",
        _TYPE,
    ),
    _widens("became-nullable", "null became allowed.", _NULL),
    _narrows("became-not-nullable", "null is not allowed any more.", _NULL),
    _widens(
        "enum-value-added",
        "An enum got another value.",
        _ENUM,
        "Consumers may send what they sent. One that reads it meets a word that it does not know: generated "
        "clients fail, and "
        "a switch without a default goes wrong in silence. Values listed under `x-extensible-enum` are announced to "
        "grow and are safe.",
    ),
    _narrows("enum-value-removed", "An enum lost a value.", _ENUM),
    of_sites(
        "extensible-enum-value-added",
        SAFE,
        SAFE,
        "An open list (`x-extensible-enum`) got another value.",
        "It was announced that values may come: clients must take ones that they do not know.",
        "x-extensible-enum, as oasdiff and Zalando's rules have it",
    ),
    of_sites(
        "extensible-enum-value-removed",
        BREAKING,
        SAFE,
        "An open list (`x-extensible-enum`) lost a value.",
        _NARROW,
        "x-extensible-enum, as oasdiff and Zalando's rules have it",
    ),
    _narrows("became-enum", "Values were restricted to a list.", _ENUM),
    _widens("enum-unset", "The list of values was taken away.", _ENUM),
    *(rule for slug, keyword in _BOUNDED.items() for rule in _bounds(slug, keyword)),
    _narrows("pattern-added", "A pattern was set where there was none.", _NUMBERS),
    _widens("pattern-removed", "The pattern was taken away.", _NUMBERS),
    of_sites(
        "pattern-changed",
        DANGEROUS,
        DANGEROUS,
        "The pattern became another one, and neither is seen to contain the other.",
        "Whether one regular expression contains another is not told by the contract; strings drawn from both "
        "did not decide it.",
        _NUMBERS,
    ),
    of_sites(
        "pattern-replaced",
        BREAKING,
        BREAKING,
        "The pattern became another one: each takes a string that the other does not.",
        "The finding names such a string. One that was right to send is refused, or one comes that was ruled out.",
        _NUMBERS,
    ),
    of_sites(
        "pattern-generalized",
        SAFE,
        BREAKING,
        "The pattern takes a string that the old one did not; none was found the other way.",
        _WIDEN,
        _NUMBERS,
    ),
    of_sites(
        "pattern-specialized",
        BREAKING,
        SAFE,
        "The pattern refuses a string that the old one took; none was found the other way.",
        _NARROW,
        _NUMBERS,
    ),
    _narrows("unique-items-set", "Entries of a list must differ now.", _NUMBERS),
    _widens("unique-items-unset", "Entries of a list may be the same now.", _NUMBERS),
    _narrows("multiple-of-set", "`multipleOf` was set where there was none.", _NUMBERS),
    _widens("multiple-of-unset", "`multipleOf` was taken away.", _NUMBERS),
    of_sites(
        "multiple-of-changed",
        BREAKING,
        BREAKING,
        "`multipleOf` became a number that is neither a part nor a multiple of the old one.",
        "Some multiples of the one are none of the other, both ways.",
        _NUMBERS,
    ),
    _widens("multiple-of-generalized", "The old `multipleOf` is a multiple of the new one.", _NUMBERS),
    _narrows("multiple-of-specialized", "The new `multipleOf` is a multiple of the old one.", _NUMBERS),
    of_sites(
        "default-value-changed",
        DANGEROUS,
        SAFE,
        "A default was added, removed or changed.",
        "A consumer that leaves the value out is treated differently, and nothing fails. In what is read, a "
        "default is a note.",
        "JSON Schema 2020-12 validation, 9.2 default",
    ),
    of_sites(
        "deprecated",
        SAFE,
        SAFE,
        "It was marked as deprecated.",
        "It works as before; plan for its end.",
        "OpenAPI 3.1 deprecated",
    ),
    of_sites("reactivated", SAFE, SAFE, "It is deprecated no more.", "It works as before.", "OpenAPI 3.1 deprecated"),
)
