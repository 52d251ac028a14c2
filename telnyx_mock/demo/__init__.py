"""A receiver with real faults, for the demonstration. Do not copy its code."""
