"""Acts as Telnyx in a test: sends genuine and forged webhooks, and judges the receiver.

The pytest plugin needs no import. Name your app in ``pytest.ini`` (``telnyx_app = myapp:app``), and a test
asks for the fixture ``telnyx_mock``, an :class:`Emulator` that is bound to the app::

    def test_answers_a_call(telnyx_mock):
        telnyx_mock.send("call.initiated", direction="incoming").assert_accepted()
        assert [command.name for command in telnyx_mock.api.commands] == ["answer"]

    def test_refuses_a_forgery(telnyx_mock):
        telnyx_mock.send("call.initiated", forge="signature-missing").assert_refused()

To import:

- :class:`Emulator`, :class:`Delivery`, :class:`Webhook` and :class:`Draft` are for annotations, and for tests
  without pytest. ``EventName``, ``ForgeryName``, ``MalformedName`` and ``RuleName`` are the types of names.
- ``telnyx_mock.contract.run(app)`` judges an app as ``telnyx-mock check`` does, and returns a report.
- ``telnyx_mock.strategies`` has Hypothesis strategies for webhooks: ``webhooks``, ``drafts``, ``fields``.
- ``telnyx_mock.rule``, :class:`Forgery` and ``with_hooks`` add rules, forgeries and hooks of your own.
- :class:`KeyPair`, ``sign`` and ``verify`` are the signatures of Telnyx, without a receiver.

A mistake of the caller is a :class:`UsageError`, and a receiver that did something wrong is a
:class:`ReceiverFailure`, an AssertionError. At a terminal, ``telnyx-mock events`` lists the events,
``telnyx-mock forgeries`` the forgeries, and ``telnyx-mock explain NAME`` explains
an event, a rule or a fault.

The public names load when they are first used, so importing the package costs nothing.
"""

# Their only list is in __init__.pyi.

import sys
from typing import Any

import lazy_loader

_public_name, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    value = _public_name(name)
    _register_types()
    return value


def _register_types() -> None:
    """Register webhooks and drafts for ``st.from_type`` if Hypothesis and their module are loaded.

    Hypothesis calls this function at its import (through the entry point group ``hypothesis``).
    """
    if {"hypothesis", "telnyx_mock.payload.webhook"} <= sys.modules.keys():
        import telnyx_mock.strategies  # noqa: F401  (only here, to keep start-up fast)
