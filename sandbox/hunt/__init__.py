"""The hunt: search for a violated invariant, cheapest first, and keep what was found as files."""
