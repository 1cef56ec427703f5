"""Explaining: why a finding fails, in words that a business person reads, and as a picture."""
