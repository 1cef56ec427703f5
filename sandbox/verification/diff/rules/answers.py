"""Rules for statuses, answers, their headers, and calls that the provider makes."""

from __future__ import annotations

from sandbox.verification.diff.changes import Direction
from sandbox.verification.diff.rules.rule import BREAKING, DANGEROUS, SAFE, Rule, one

_OUT = Direction.RESPONSE
_RESPONSES = "OpenAPI 3.1 Responses Object"
_HEADER = "OpenAPI 3.1 Header Object"

ANSWER_RULES: tuple[Rule, ...] = (
    one(
        "response-success-status-removed",
        _OUT,
        BREAKING,
        "A success status is gone.",
        "Clients check for it, and take any other for a failure. A range or `default` that still covers it counts.",
        _RESPONSES,
    ),
    one(
        "response-success-status-added",
        _OUT,
        DANGEROUS,
        "There is a new success status.",
        "Clients that check for the one they know take it for a failure; those that check for 2xx may miss the body.",
        _RESPONSES,
    ),
    one(
        "response-non-success-status-removed",
        _OUT,
        DANGEROUS,
        "An error status is gone.",
        "Documents need not list all errors, so that what comes instead is not told: whoever handles this one "
        "should ask.",
        _RESPONSES,
    ),
    one(
        "response-non-success-status-added",
        _OUT,
        SAFE,
        "An error status is documented.",
        "Documents need not list all errors: clients must be ready for any.",
        _RESPONSES,
    ),
    one(
        "response-media-type-added",
        _OUT,
        SAFE,
        "Answers may be of another media type, too.",
        "Consumers ask for theirs with `Accept`.",
        _RESPONSES,
    ),
    one(
        "response-media-type-removed",
        _OUT,
        BREAKING,
        "Answers are not of this media type any more.",
        "Who asks for it gets 406, or what cannot be read.",
        _RESPONSES,
    ),
    one(
        "required-response-header-removed",
        _OUT,
        BREAKING,
        "A header that always came is gone.",
        "Consumers rely on what is required.",
        _HEADER,
    ),
    one(
        "optional-response-header-removed",
        _OUT,
        BREAKING,
        "A declared header is gone.",
        "`required` is false by default and hardly any document sets it for headers, so it tells nothing; "
        "paging, rate limits and "
        "`Location` live in headers, and clients read them as promised.",
        _HEADER,
    ),
    one(
        "response-header-added",
        _OUT,
        SAFE,
        "There is a new header.",
        "Unknown headers are ignored (RFC 9110).",
        _HEADER,
    ),
    one(
        "response-header-explode-changed",
        _OUT,
        BREAKING,
        "A list or object in a header is written in another way (`explode`).",
        "The same value is other bytes. Single values are written as before.",
        _HEADER,
    ),
    one(
        "response-header-explode-without-effect",
        _OUT,
        SAFE,
        "`explode` of a header changed that takes single values.",
        "For values that are neither lists nor objects the specification gives it no effect: the bytes are the same.",
        _HEADER,
    ),
    one(
        "webhook-removed",
        _OUT,
        BREAKING,
        "A webhook or callback is gone.",
        "Consumers wait for what never comes.",
        "OpenAPI 3.1 webhooks",
    ),
    one(
        "webhook-added",
        _OUT,
        SAFE,
        "There is a new webhook or callback.",
        "Nobody has subscribed to it.",
        "OpenAPI 3.1 webhooks",
    ),
)
