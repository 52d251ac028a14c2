"""Tells what can be no ``call_control_id`` of a call, whatever calls there are."""

from __future__ import annotations

import re

from telnyx_mock.fake_api.command import Command

NO_CALL = frozenset({"", "None", "null", "undefined"})
"""What stands in the path of a command if the app has no id of a call."""

_WRONG = re.compile(
    r"\s*|none|null|undefined|nan|\[object Object\]"  # no value, as languages write it
    r"|\{\{?\w*\}?\}|\$\{\w*\}|<\w*>|:\w+"  # a template that nobody filled
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # a call_leg_id or call_session_id
    r"|\+\d+",  # a telephone number
    re.IGNORECASE,
)
_EMPTY = re.compile(r"/v\d+/calls/(%20)*/actions/.+")


def is_no_call_id(text: str) -> bool:
    """Whether *text* can be no ``call_control_id``, which begins with ``v2:`` or ``v3:`` at Telnyx.

    Tests use other ids, too; so only what apps send by mistake counts: no value, a template that nobody filled,
    a UUID as of a ``call_leg_id``, or a telephone number.
    """
    return _WRONG.fullmatch(text) is not None


def lacks_call_id(command: Command) -> bool:
    """Whether the path of *command* has nothing where the id of a call belongs."""
    return _EMPTY.fullmatch(command.path) is not None
