"""The live world: the same sync core in wall time, over HTTP, a database and a broker."""
