"""The effects of a receiver: how they are observed, and which events have effects."""
