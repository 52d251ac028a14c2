"""The language of event declarations (kinds, fields, conditions); builds and validates bodies."""
