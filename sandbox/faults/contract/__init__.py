"""A system's contract changed in mid-run: edits of the wire as data, and how they are carried out."""
