"""Rehearsing a change of contract: a system speaks the new one in mid-run, and what that costs is counted."""
