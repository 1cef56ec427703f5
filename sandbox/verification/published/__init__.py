"""The published contracts: what they are made from, what they are held against, and when they need a version."""
