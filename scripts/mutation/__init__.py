"""Tests the tests: mutants of the modules that judge must fail at the tests of their module."""
