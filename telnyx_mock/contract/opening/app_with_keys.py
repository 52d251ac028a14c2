"""Opens the user's function that makes the app for a list of public keys."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeAlias

from telnyx_mock.errors import UsageError
from telnyx_mock.transports.loading import load

AppWithKeys: TypeAlias = Callable[[list[str]], Any]
"""Makes an app that trusts only these public keys (base64, as the portal shows them)."""


def open_app_with_keys(given: object) -> AppWithKeys | None:
    """Return the function that is *given*, or None.

    *given* is the function itself or ``module:function``. Raises UsageError for an object that
    cannot be called with a list, and for a coroutine function.
    """
    if given is None or given == "":
        return None
    function: Any = load(given) if isinstance(given, str) else given
    if not _takes_a_list(function):
        raise UsageError(
            f"The app with keys {given!r} is not a plain function of one argument. Give a "
            "function that takes a list of public keys and returns an app."
        )
    known: AppWithKeys = function
    return known


def _takes_a_list(function: Any) -> bool:
    if not callable(function) or inspect.iscoroutinefunction(function):
        return False
    try:
        inspect.signature(function).bind([])
    except TypeError:
        return False
    except ValueError:
        return True  # a function in C may not tell its parameters
    return True
