"""A receiver with real faults, for the demonstration; do not follow its example."""
