"""Tells which faults of the receiver explain the findings of a run."""
