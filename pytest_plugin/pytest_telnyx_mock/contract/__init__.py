"""The receiver contract as pytest tests.

Run them on what ``--telnyx-app`` or ``--telnyx-url`` names, with ``pytest --pyargs
pytest_telnyx_mock.contract``; or take them into a test module of your own, where they see your
conftest, with ``from pytest_telnyx_mock.contract import *``.
"""

from pytest_telnyx_mock.contract.test_contract import test_contract

__all__ = ["test_contract"]
