"""The fake Telnyx API: what a receiver asks Telnyx to do, recorded and answered in process.

Importing this package loads none of the HTTP clients it stands in front of; opening the doors does.
"""

from __future__ import annotations

from telnyx_mock.api.answers import ApiAnswer as ApiAnswer
from telnyx_mock.api.command import API_HOST as API_HOST
from telnyx_mock.api.command import Command as Command
from telnyx_mock.api.doors import Doors as Doors
from telnyx_mock.api.fake import FakeApi as FakeApi
