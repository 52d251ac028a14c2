"""Runs the rules of the contract: what a rule may use, and what it finds."""
