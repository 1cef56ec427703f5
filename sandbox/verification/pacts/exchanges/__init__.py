"""What the core asks of each system and hears from it: one declaration for each interaction of its pacts."""
