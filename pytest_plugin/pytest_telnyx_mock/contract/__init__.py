"""The receiver contract as pytest tests.

To test the receiver that ``--telnyx-app`` or ``--telnyx-url`` names, run ``pytest --pyargs
pytest_telnyx_mock.contract``. To let the tests use your conftest, import them into your own test
module with ``from pytest_telnyx_mock.contract import *``.
"""

from pytest_telnyx_mock.contract.test_contract import test_contract

__all__ = ["test_contract"]
