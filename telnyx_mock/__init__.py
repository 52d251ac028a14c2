"""Be Telnyx, for a test: signed webhooks, valid and adversarial, and a verdict on the receiver.

The public names load when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from telnyx_mock._version import __version__ as __version__

if TYPE_CHECKING:
    from telnyx_mock.captures import load_webhook as load_webhook
    from telnyx_mock.delivery import Delivery as Delivery
    from telnyx_mock.delivery import Policy as Policy
    from telnyx_mock.draft import Draft as Draft
    from telnyx_mock.emulator import Emulator as Emulator
    from telnyx_mock.errors import DeliveryError as DeliveryError
    from telnyx_mock.errors import ReceiverFailure as ReceiverFailure
    from telnyx_mock.errors import TelnyxMockError as TelnyxMockError
    from telnyx_mock.errors import UsageError as UsageError
    from telnyx_mock.forgeries import FORGERIES as FORGERIES
    from telnyx_mock.forgeries import Forgery as Forgery
    from telnyx_mock.request import Request as Request
    from telnyx_mock.signing import KeyPair as KeyPair
    from telnyx_mock.signing import sign as sign
    from telnyx_mock.verification import verify as verify
    from telnyx_mock.webhook import ABSENT as ABSENT
    from telnyx_mock.webhook import Webhook as Webhook

_PUBLIC = {
    "ABSENT": "telnyx_mock.webhook",
    "FORGERIES": "telnyx_mock.forgeries",
    "Delivery": "telnyx_mock.delivery",
    "DeliveryError": "telnyx_mock.errors",
    "Draft": "telnyx_mock.draft",
    "Emulator": "telnyx_mock.emulator",
    "Forgery": "telnyx_mock.forgeries",
    "KeyPair": "telnyx_mock.signing",
    "Policy": "telnyx_mock.delivery",
    "ReceiverFailure": "telnyx_mock.errors",
    "Request": "telnyx_mock.request",
    "TelnyxMockError": "telnyx_mock.errors",
    "UsageError": "telnyx_mock.errors",
    "Webhook": "telnyx_mock.webhook",
    "load_webhook": "telnyx_mock.captures",
    "sign": "telnyx_mock.signing",
    "verify": "telnyx_mock.verification",
}


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(_PUBLIC[name]), name)
    globals()[name] = value
    _register_types()
    return value


def _register_types() -> None:
    """Let ``st.from_type`` know webhooks and drafts, as soon as both they and Hypothesis are here.

    Hypothesis calls it when it is imported (the entry point group ``hypothesis``).
    """
    if {"hypothesis", "telnyx_mock.webhook"} <= sys.modules.keys():
        import telnyx_mock.strategies  # noqa: F401


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
