"""Apps that raise, for each genuine webhook, an exception that could end a run or pass for a test's end."""

from __future__ import annotations

import asyncio

import pytest

from tests.hostile.apps.kinds import KINDS, hostile_app
from tests.hostile.case import Topic, app
from tests.receivers.correct import Receiver, WsgiReceiver


class Odd(BaseException):
    """An exception that no framework knows."""


RAISED: dict[str, BaseException] = {
    "SystemExit": SystemExit(0),
    "KeyboardInterrupt": KeyboardInterrupt(),
    "GeneratorExit": GeneratorExit(),
    "CancelledError": asyncio.CancelledError(),
    "Skipped": pytest.skip.Exception("no database here"),
    "XFailed": pytest.xfail.Exception("known"),
    "Exit": pytest.exit.Exception("all is well"),
    "Odd": Odd("odd"),
    "BaseExceptionGroup": BaseExceptionGroup("many", [KeyboardInterrupt(), Odd("odd")]),
}

EVERYWHERE = ("Asgi", "Wsgi")
IN_EACH_KIND = ("SystemExit", "KeyboardInterrupt", "Skipped")


def _raising(error: BaseException) -> None:
    raise error


for kind in KINDS:
    for name, error in RAISED.items():
        if kind in EVERYWHERE or name in IN_EACH_KIND:
            hostile_app(
                __name__,
                kind,
                f"Raises{name}",
                f"It raises {name} for each genuine webhook.",
                Topic.EARLY_END,
                lambda error=error: _raising(error),  # type: ignore[misc]
                options="--only accepts-* --only serves-* --only survives-junk",
                quick=(kind, name) in (("Wsgi", "KeyboardInterrupt"), ("Asgi", "Skipped")),
                exit=1,
                finds=("accepts-sample",),
                says=("call.hangup", name),
            )


class _RefusesAtLength(Receiver):
    def refuse(self) -> int:
        raise ValueError("y" * 3_000_000)


@app(Topic.MEMORY, exit=1, finds=("refuses-*",), megabytes=200, options="--only refuses-*")
class RaisesLongTexts(WsgiReceiver):
    """It raises an exception with a text of 3 MB for each forgery."""

    def make_steps(self) -> Receiver:
        return _RefusesAtLength()
