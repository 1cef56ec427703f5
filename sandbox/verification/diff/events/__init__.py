"""Event contracts, AsyncAPI 2 and 3: read into one model and compared."""
