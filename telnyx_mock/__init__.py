"""Acts as Telnyx in a test: sends genuine and forged webhooks, and judges the receiver.

The public names are listed in ``__init__.pyi``. Each is imported when it is first used, so that
importing the package costs nothing.
"""

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
