"""A Pact Broker, where a team has one: published to and read from by its HAL API."""
