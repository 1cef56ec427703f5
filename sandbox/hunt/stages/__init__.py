"""The stages of a hunt, cheapest first: each yields rounds of trials, and sees what came of the rounds before."""
