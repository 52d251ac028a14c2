"""``python -m telnyx_mock`` is ``telnyx-mock``."""

from telnyx_mock.cli import main

if __name__ == "__main__":
    main()
