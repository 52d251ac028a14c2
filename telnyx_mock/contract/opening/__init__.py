"""Opens what the user gives for a run: receivers, apps for other keys."""
