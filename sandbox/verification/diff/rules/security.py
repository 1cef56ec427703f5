"""Rules for who may call."""

from __future__ import annotations

from sandbox.verification.diff.changes import Direction
from sandbox.verification.diff.rules.rule import BREAKING, DANGEROUS, SAFE, Rule, one

_IN = Direction.REQUEST
_SECURITY = "OpenAPI 3.1 Security Requirement Object"
_SCHEME = "OpenAPI 3.1 Security Scheme Object"

SECURITY_RULES: tuple[Rule, ...] = (
    one(
        "api-security-became-required",
        _IN,
        BREAKING,
        "An open operation asks for credentials.",
        "Calls without them are answered with 401.",
        _SECURITY,
    ),
    one(
        "api-security-removed",
        _IN,
        BREAKING,
        "A way to authenticate is not taken any more.",
        "Who uses it is answered with 401.",
        _SECURITY,
    ),
    one(
        "api-security-scheme-added",
        _IN,
        BREAKING,
        "A way to authenticate asks for a further credential.",
        "Who lacks it is answered with 401.",
        _SECURITY,
    ),
    one(
        "api-security-scope-added",
        _IN,
        BREAKING,
        "A further scope is asked for.",
        "Tokens without it are answered with 403.",
        _SECURITY,
    ),
    one(
        "api-security-scope-removed",
        _IN,
        SAFE,
        "Fewer scopes are asked for.",
        "Tokens that have more are taken.",
        _SECURITY,
    ),
    one(
        "api-security-added",
        _IN,
        SAFE,
        "There is another way to authenticate, or an easier one.",
        "The old ones are still taken.",
        _SECURITY,
    ),
    one(
        "api-security-lifted",
        _IN,
        SAFE,
        "No credentials are asked for any more.",
        "Calls with credentials are answered, too.",
        _SECURITY,
    ),
    one(
        "api-security-component-type-changed",
        _IN,
        BREAKING,
        "A security scheme is of another type.",
        "Credentials of the old kind are not taken.",
        _SCHEME,
    ),
    one(
        "api-security-component-place-changed",
        _IN,
        BREAKING,
        "An API key goes elsewhere or by another name.",
        "The server does not find it.",
        _SCHEME,
    ),
    one(
        "api-security-component-scheme-changed",
        _IN,
        BREAKING,
        "The HTTP authentication scheme is another one.",
        "The `Authorization` header is not understood.",
        _SCHEME,
    ),
    one(
        "api-security-component-bearer-format-changed",
        _IN,
        DANGEROUS,
        "The format of bearer tokens is another one.",
        "The specification calls it a hint, for documentation; clients that read inside the token may fail.",
        _SCHEME,
    ),
    one(
        "api-security-component-oauth-url-changed",
        _IN,
        BREAKING,
        "An OAuth or OpenID Connect URL is another one.",
        "Clients with the old URL in their settings get no token.",
        _SCHEME,
    ),
    one(
        "api-security-component-oauth-flow-removed",
        _IN,
        BREAKING,
        "An OAuth flow is gone.",
        "Clients that use it get no token.",
        _SCHEME,
    ),
    one(
        "api-security-component-oauth-flow-added",
        _IN,
        SAFE,
        "There is another OAuth flow.",
        "The old ones are still there.",
        _SCHEME,
    ),
)
