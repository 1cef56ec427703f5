"""Webhooks and events, of a run or recorded elsewhere, held against the schemas that are published for them."""
