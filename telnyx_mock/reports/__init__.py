"""The reports on a run (terminal, JSON, JUnit, HTML), and the parts that they share."""
