"""Be Telnyx, for a test: signed webhooks, valid and adversarial, and a verdict on the receiver.

The public names load when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from telnyx_mock._version import __version__ as __version__

if TYPE_CHECKING:
    from telnyx_mock.attacks.forgeries import FORGERIES as FORGERIES
    from telnyx_mock.attacks.forgeries import Forgery as Forgery
    from telnyx_mock.delivery import Delivery as Delivery
    from telnyx_mock.delivery import Policy as Policy
    from telnyx_mock.emulator import Emulator as Emulator
    from telnyx_mock.errors import DeliveryError as DeliveryError
    from telnyx_mock.errors import ReceiverFailure as ReceiverFailure
    from telnyx_mock.errors import TelnyxMockError as TelnyxMockError
    from telnyx_mock.errors import UsageError as UsageError
    from telnyx_mock.payload.captures import load_webhook as load_webhook
    from telnyx_mock.payload.draft import Draft as Draft
    from telnyx_mock.payload.request import Request as Request
    from telnyx_mock.payload.webhook import ABSENT as ABSENT
    from telnyx_mock.payload.webhook import Webhook as Webhook
    from telnyx_mock.signing.keys import KeyPair as KeyPair
    from telnyx_mock.signing.sign import sign as sign
    from telnyx_mock.signing.verification import verify as verify

_PUBLIC = {
    "ABSENT": "telnyx_mock.payload.webhook",
    "FORGERIES": "telnyx_mock.attacks.forgeries",
    "Delivery": "telnyx_mock.delivery",
    "DeliveryError": "telnyx_mock.errors",
    "Draft": "telnyx_mock.payload.draft",
    "Emulator": "telnyx_mock.emulator",
    "Forgery": "telnyx_mock.attacks.forgeries",
    "KeyPair": "telnyx_mock.signing.keys",
    "Policy": "telnyx_mock.delivery",
    "ReceiverFailure": "telnyx_mock.errors",
    "Request": "telnyx_mock.payload.request",
    "TelnyxMockError": "telnyx_mock.errors",
    "UsageError": "telnyx_mock.errors",
    "Webhook": "telnyx_mock.payload.webhook",
    "load_webhook": "telnyx_mock.payload.captures",
    "sign": "telnyx_mock.signing.sign",
    "verify": "telnyx_mock.signing.verification",
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
    if {"hypothesis", "telnyx_mock.payload.webhook"} <= sys.modules.keys():
        import telnyx_mock.strategies  # noqa: F401


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
