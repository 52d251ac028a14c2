"""What a run leaves behind: a summary, and reports for machines."""
