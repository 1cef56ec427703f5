"""The gate: which version may be deployed where, by what has been verified, compared and deployed."""
