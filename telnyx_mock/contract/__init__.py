"""The receiver contract: one rule per check, each with a reason, and what was found against it."""
