"""Facts of a system that keeps no ledger for us, derived from what its public API shows."""
