"""Changes of operations as a whole, of how one authenticates, and of what is not on the wire at all."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.verification.rehearsal.at import At, Express, Said, never, quiet, silent


def _gone(at: At) -> Said:
    """404, or 405 where the path still answers to other methods."""
    path = at.title.partition(" ")[2]
    methods = at.new.methods_of(path)
    if methods:
        return at.does("refuse", ", ".join(methods), path="", reply=405)
    return at.does("refuse", path="", reply=404)


def _unauthenticated(at: At) -> Said:
    return at.does("refuse", path="", reply=401)


def _forbidden(at: At) -> Said:
    return at.does("refuse", path="", reply=403)


def _now_needed(at: At) -> Said:
    return quiet("the core shows its credentials at every call")


OPERATIONS: Mapping[str, Express] = {
    **dict.fromkeys(
        ("api-path-removed-without-deprecation", "api-path-removed-with-deprecation",
         "api-removed-without-deprecation", "api-removed-with-deprecation"),
        _gone,
    ),
    "api-operation-id-removed": silent("operation ids are in code that is made from the document, not on the wire"),
    "api-version-not-bumped": silent("the document's version is not on the wire"),
    "server-removed": silent("the core is told the system's URL by its own settings"),
    "api-security-became-required": _now_needed,
    "api-security-removed": _unauthenticated,
    "api-security-scheme-added": _unauthenticated,
    "api-security-scope-added": _forbidden,
    "api-security-component-type-changed": _unauthenticated,
    "api-security-component-place-changed": _unauthenticated,
    "api-security-component-scheme-changed": _unauthenticated,
    "api-security-component-bearer-format-changed": silent("the format of a bearer token is not checked on the wire"),
    "api-security-component-oauth-url-changed": never("the core's credentials come from its own settings"),
    "api-security-component-oauth-flow-removed": never("the core's credentials come from its own settings"),
}  # fmt: skip
