"""A receiver with real faults, for the demonstration. Not an example to follow."""
