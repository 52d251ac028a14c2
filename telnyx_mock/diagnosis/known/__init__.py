"""Sets the faults aside that the user knows, for a reason and until a day."""
