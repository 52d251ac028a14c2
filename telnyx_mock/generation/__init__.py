"""The webhooks of an event that are worth sending: coverage goals, and webhooks that reach them."""
