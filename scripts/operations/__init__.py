"""Derives the table of the API's operations from the installed official SDK."""
