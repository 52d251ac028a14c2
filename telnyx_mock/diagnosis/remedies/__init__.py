"""The fix of a fault as code that a developer can paste into a receiver."""

from __future__ import annotations

from enum import Enum

from telnyx_mock.contract.app_facts import Framework, Verifier
from telnyx_mock.diagnosis.remedies import express
from telnyx_mock.diagnosis.remedies.handlers import HANDLERS
from telnyx_mock.diagnosis.remedies.verifying import VERIFYING


class Remedy(Enum):
    """What a receiver does once its fault is mended."""

    VERIFY = "verify"
    """Verify the signature and the time of each request over its raw bytes, before anything else."""


def code(
    remedy: Remedy,
    framework: Framework = Framework.UNKNOWN,
    verifier: Verifier = Verifier.UNKNOWN,
    *,
    path: str = "/webhooks",
) -> str:
    """Return the code of *remedy* for a receiver at *path* in *framework*, which uses *verifier*.

    The code is Python, or JavaScript for Express. It expects the app as ``app``, where the framework
    has one.
    """
    if framework is Framework.EXPRESS:
        return express.verify(verifier, path)
    handler, verifying = HANDLERS[framework], VERIFYING[verifier]
    standard = ", ".join(sorted(handler.standard | verifying.standard))
    imports = "\n".join([f"import {standard}", *handler.imports, verifying.package])
    return f"{imports}\n\n{verifying.text}\n{handler.text(path, handler.answering('200'))}"
