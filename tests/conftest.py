"""For all tests: pytester, which only the topmost conftest may ask for."""

pytest_plugins = ["pytester"]
