"""Contracts checked: documents read with their lines, and versions compared. Imports nothing of hunt or load."""
