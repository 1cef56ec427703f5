"""Shrinking: the smallest trial that still fails in the same way."""
