"""Rules for the properties of objects."""

from __future__ import annotations

from sandbox.verification.diff.rules.rule import BREAKING, DANGEROUS, SAFE, Rule, of_sites

_OBJECT = "JSON Schema 2020-12 validation, 6.5; core, 10.3.2"
_MODE = "OpenAPI 3.0 Schema Object, readOnly and writeOnly; OpenAPI 3.1 by JSON Schema validation, 9.4"

OBJECT_RULES: tuple[Rule, ...] = (
    Rule(
        "required-property-added",
        {
            "request-property": "new-required-request-property",
            "request-parameter-property": "new-required-request-parameter-property",
            "response-property": "response-required-property-added",
            "response-header-property": "response-header-required-property-added",
        },
        BREAKING,
        SAFE,
        "An object got a property that is required.",
        "Consumers do not send it yet, so their requests are invalid, also where there is a default: a default "
        "does not make a required "
        "property optional. To read one more is nothing new: unknown properties are to be ignored.",
        _OBJECT,
    ),
    Rule(
        "optional-property-added",
        {
            "request-property": "new-optional-request-property",
            "request-parameter-property": "new-optional-request-parameter-property",
            "response-property": "response-optional-property-added",
            "response-header-property": "response-header-optional-property-added",
        },
        SAFE,
        SAFE,
        "An object got an optional property.",
        "Nobody has to send it, and objects are open unless they say otherwise.",
        _OBJECT,
    ),
    Rule(
        "property-added-to-closed-object",
        {
            "response-property": "response-property-added-to-closed-object",
            "response-header-property": "response-header-property-added-to-closed-object",
        },
        None,
        DANGEROUS,
        "An object that ruled out additional properties got one.",
        "Consumers that validate against the old schema, or generated strict models from it, refuse it. Most "
        "read over it.",
        _OBJECT,
    ),
    Rule(
        "property-removed",
        {
            "request-property": "request-property-removed",
            "request-parameter-property": "request-parameter-property-removed",
        },
        DANGEROUS,
        None,
        "An object that takes additional properties lost one.",
        "It may still be sent, and the contract does not say what becomes of it: mostly it is ignored, and what "
        "it stood for is lost in silence.",
        _OBJECT,
    ),
    Rule(
        "property-removed-from-closed-object",
        {
            "request-property": "request-property-removed-from-closed-object",
            "request-parameter-property": "request-parameter-property-removed-from-closed-object",
        },
        BREAKING,
        None,
        "An object that rules out additional properties lost one.",
        "A request that still has it is invalid.",
        _OBJECT,
    ),
    Rule(
        "required-property-removed",
        {
            "response-property": "response-required-property-removed",
            "response-header-property": "response-header-required-property-removed",
        },
        None,
        BREAKING,
        "A property that was promised with every answer is gone.",
        "Consumers rely on what is required.",
        _OBJECT,
    ),
    Rule(
        "optional-property-removed",
        {
            "response-property": "response-optional-property-removed",
            "response-header-property": "response-header-optional-property-removed",
        },
        None,
        DANGEROUS,
        "An optional property is gone.",
        "It could be missing all the time, so nothing fails; but it will be missing for ever, and who showed or "
        "stored it has nothing.",
        _OBJECT,
    ),
    of_sites(
        "became-required",
        BREAKING,
        SAFE,
        "A property, parameter or header became required.",
        "Requests without it were right, and are refused. That it always comes is more than was promised.",
        _OBJECT,
    ),
    of_sites(
        "became-optional",
        SAFE,
        BREAKING,
        "A property became optional.",
        "Nobody has to leave it out. But a consumer that reads it without asking whether it is there fails when "
        "it is not.",
        _OBJECT,
    ),
    of_sites(
        "became-read-only",
        BREAKING,
        SAFE,
        "A property became read-only.",
        "It should not be sent any more: it is refused, or what it asked for is not done.",
        _MODE,
    ),
    of_sites(
        "became-not-read-only",
        SAFE,
        SAFE,
        "A property is read-only no more, and optional.",
        "Nobody has to send it.",
        _MODE,
    ),
    of_sites(
        "became-write-only",
        SAFE,
        BREAKING,
        "A property became write-only.",
        "It will not come in answers any more, by the contract and for certain, and consumers that read it find "
        "nothing.",
        _MODE,
    ),
    of_sites(
        "became-not-write-only",
        SAFE,
        SAFE,
        "A property is write-only no more.",
        "Answers have one property more.",
        _MODE,
    ),
    of_sites(
        "additional-properties-disallowed",
        BREAKING,
        SAFE,
        "Objects became closed: additional properties are ruled out.",
        "Requests with properties of one's own were right, and are refused.",
        _OBJECT,
    ),
    of_sites(
        "additional-properties-allowed",
        SAFE,
        DANGEROUS,
        "Objects became open: additional properties are allowed.",
        "Strict readers refuse what they do not know; most read over it.",
        _OBJECT,
    ),
)
