"""Which webhooks of an event are worth sending: coverage goals, and webhooks that reach them."""
