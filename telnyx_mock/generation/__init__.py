"""What is worth sending: coverage goals, and the webhooks that reach them."""
