"""Before a system that is not ours: a reverse proxy that carries out faults, and a ledger made from its API."""
