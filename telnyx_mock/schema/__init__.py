"""The language in which events are declared: kinds, fields, conditions; building and validating."""
