"""Property-based tests of an API against its own OpenAPI document, by Schemathesis."""
