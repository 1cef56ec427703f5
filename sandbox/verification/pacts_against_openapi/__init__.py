"""Pacts checked against a provider's document, for providers that never run Pact: nothing is called."""
