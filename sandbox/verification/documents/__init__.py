"""Contract documents in YAML or JSON, from a file or a URL, with the line of everything in them."""
