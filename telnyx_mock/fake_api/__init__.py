"""The fake Telnyx API: records the API calls of a receiver, and answers them in this process.

Importing this package loads no HTTP client. Opening the interceptors loads the HTTP clients.
"""

from __future__ import annotations

from telnyx_mock.fake_api.answers import ApiAnswer as ApiAnswer
from telnyx_mock.fake_api.blocked_call import BlockedCall as BlockedCall
from telnyx_mock.fake_api.command import Command as Command
from telnyx_mock.fake_api.interceptors import Interceptors as Interceptors
from telnyx_mock.fake_api.interceptors import intercept as intercept
from telnyx_mock.fake_api.late_call import LateCall as LateCall
from telnyx_mock.fake_api.service_call import ServiceCall as ServiceCall
from telnyx_mock.fake_api.state import FakeApi as FakeApi
