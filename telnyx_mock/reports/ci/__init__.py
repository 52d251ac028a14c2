"""Reports in the forms that CI systems read."""
