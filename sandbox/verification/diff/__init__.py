"""Two versions of a contract compared: what changed, in which direction, how bad it is, and who is hit."""
