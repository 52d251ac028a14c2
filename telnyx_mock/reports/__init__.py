"""The reports on a run: for the terminal, as JSON, JUnit and HTML, and what they share."""
