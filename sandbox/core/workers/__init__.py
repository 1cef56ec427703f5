"""Several workers of one core: who is there, who has which orders, and what they tell each other."""
