"""Runs the command line as ``python -m telnyx_mock``, like the command ``telnyx-mock``."""

from telnyx_mock.cli import main

if __name__ == "__main__":
    main()
