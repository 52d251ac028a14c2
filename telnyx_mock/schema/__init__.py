"""The language events are declared in: kinds, fields, conditions, and what a declaration is good for."""
