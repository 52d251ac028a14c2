"""The fake Telnyx API: what a receiver asks Telnyx to do, recorded and answered in process.

Importing this package loads none of the HTTP clients it stands in front of; opening the doors does.
"""

from __future__ import annotations

from telnyx_mock.fake_api.answers import ApiAnswer as ApiAnswer
from telnyx_mock.fake_api.command import Command as Command
from telnyx_mock.fake_api.interceptors import Interceptors as Interceptors
from telnyx_mock.fake_api.state import FakeApi as FakeApi
