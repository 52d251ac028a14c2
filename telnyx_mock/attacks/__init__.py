"""Hostile requests: forgeries, and malformed requests that carry a correct signature."""
