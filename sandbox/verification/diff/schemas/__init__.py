"""Schemas compared: JSON Schema and its dialects in OpenAPI, Swagger and AsyncAPI."""
