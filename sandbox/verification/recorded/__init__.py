"""Recorded requests and responses, held against an OpenAPI document."""
