"""Rules for composed schemas, and for the keywords that are compared as a whole."""

from __future__ import annotations

from sandbox.verification.diff.rules.rule import BREAKING, DANGEROUS, SAFE, Rule, of_sites

_COMPOSED = "JSON Schema 2020-12 core, 10.2"
_DISCRIMINATOR = "OpenAPI 3.1 Discriminator Object"
_OTHER = "JSON Schema 2020-12"

COMPOSED_RULES: tuple[Rule, ...] = (
    of_sites(
        "one-of-added",
        SAFE,
        BREAKING,
        "A choice (`oneOf`) got another variant.",
        "What was sent is still right. But an answer may be of a kind that consumers do not know.",
        _COMPOSED,
    ),
    of_sites(
        "one-of-removed",
        BREAKING,
        SAFE,
        "A choice (`oneOf`) lost a variant.",
        "Requests of that kind are refused.",
        _COMPOSED,
    ),
    of_sites(
        "any-of-added",
        SAFE,
        BREAKING,
        "A choice (`anyOf`) got another variant.",
        "What was sent is still right. But an answer may be of a kind that consumers do not know.",
        _COMPOSED,
    ),
    of_sites(
        "any-of-removed",
        BREAKING,
        SAFE,
        "A choice (`anyOf`) lost a variant.",
        "Requests of that kind are refused.",
        _COMPOSED,
    ),
    of_sites(
        "variants-set",
        BREAKING,
        SAFE,
        "A schema became a choice of variants.",
        "A value must fit one of the variants now, and not all that were right do.",
        _COMPOSED,
    ),
    of_sites(
        "variants-unset",
        SAFE,
        BREAKING,
        "A choice of variants became a single schema that is none of them.",
        "All values of the wider schema may come now.",
        _COMPOSED,
    ),
    of_sites(
        "one-of-became-any-of",
        SAFE,
        DANGEROUS,
        "`oneOf` became `anyOf`.",
        "A value may fit several variants now. Clients that look for the one that fits may find another.",
        _COMPOSED,
    ),
    of_sites(
        "any-of-became-one-of",
        DANGEROUS,
        SAFE,
        "`anyOf` became `oneOf`.",
        "A value that fits several variants is refused now; whether such values are sent the contract does not say.",
        _COMPOSED,
    ),
    of_sites(
        "one-of-overlap-added",
        DANGEROUS,
        SAFE,
        "A value that fitted one variant of a `oneOf` may fit several now.",
        "`oneOf` takes what fits exactly one. Neither types, constants, bounds, a discriminator nor required "
        "properties keep these variants apart, so that values may be refused that were right; whether such values "
        "are sent the contract does not say.",
        _COMPOSED,
    ),
    of_sites(
        "one-of-overlap-removed",
        SAFE,
        DANGEROUS,
        "A value that fitted several variants of a `oneOf` may fit one now.",
        "`oneOf` takes what fits exactly one. Neither types, constants, bounds, a discriminator nor required "
        "properties kept these variants apart, so that values may come that were ruled out.",
        _COMPOSED,
    ),
    of_sites(
        "discriminator-added",
        DANGEROUS,
        DANGEROUS,
        "A discriminator was added.",
        "Which variant is meant is now told by a property's value, not by its shape; the specification leaves "
        "what was sent without it open.",
        _DISCRIMINATOR,
    ),
    of_sites(
        "discriminator-removed",
        DANGEROUS,
        DANGEROUS,
        "The discriminator was taken away.",
        "Generated clients choose the variant by it. The property may still be there, and the contract does not "
        "promise it.",
        _DISCRIMINATOR,
    ),
    of_sites(
        "discriminator-property-name-changed",
        BREAKING,
        BREAKING,
        "Another property tells the variant.",
        "Clients write and read the old one: what they send is not recognised, and what comes cannot be told apart.",
        _DISCRIMINATOR,
    ),
    of_sites(
        "discriminator-mapping-added",
        SAFE,
        DANGEROUS,
        "The discriminator got another value for a known variant.",
        "Clients that know the old values only do not recognise it.",
        _DISCRIMINATOR,
    ),
    of_sites(
        "discriminator-mapping-deleted",
        BREAKING,
        SAFE,
        "A value of the discriminator is gone, its variant is not.",
        "Clients that write it are not understood.",
        _DISCRIMINATOR,
    ),
    of_sites(
        "discriminator-mapping-changed",
        BREAKING,
        BREAKING,
        "A value of the discriminator means another variant.",
        "Both sides take one thing for another.",
        _DISCRIMINATOR,
    ),
    of_sites(
        "constraint-added",
        BREAKING,
        SAFE,
        "A further keyword restricts the values, `not`, `if` or `contains` for instance.",
        "Values that were right may be refused.",
        _OTHER,
    ),
    of_sites(
        "constraint-removed",
        SAFE,
        BREAKING,
        "A further keyword restricts the values no more.",
        "Values may come that were ruled out.",
        _OTHER,
    ),
    of_sites(
        "constraint-changed",
        DANGEROUS,
        DANGEROUS,
        "A further keyword restricts the values differently.",
        "Which of the two allows more is not decided here: read both.",
        _OTHER,
    ),
)
