from pytest_telnyx_mock.contract import *  # noqa: F403
