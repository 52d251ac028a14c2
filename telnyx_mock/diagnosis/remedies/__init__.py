"""The fix of a fault as code that a developer can paste into a receiver."""

from __future__ import annotations

from telnyx_mock.contract.app_facts import Framework, Verifier
from telnyx_mock.diagnosis.remedies import express, members
from telnyx_mock.diagnosis.remedies.handlers import HANDLERS, Handler
from telnyx_mock.diagnosis.remedies.remedy import Remedy as Remedy
from telnyx_mock.diagnosis.remedies.steps import STEPS, Step, catch_api_errors
from telnyx_mock.diagnosis.remedies.verifying import VERIFYING

_VERIFIED = "...  # verify the signature first"


def code(
    remedy: Remedy,
    framework: Framework = Framework.UNKNOWN,
    verifier: Verifier = Verifier.UNKNOWN,
    *,
    path: str = "/webhooks",
    member: str = "",
    of_model: bool = False,
) -> str:
    """Return the code of *remedy* for a receiver at *path* in *framework*, which uses *verifier*.

    The code is Python, or JavaScript for Express. It expects the app as ``app``, where the framework
    has one, and what the app does for an event as ``work``.

    READ_OPTIONAL needs a *member*: its path from the top of the body, such as
    ``data.payload.to[].carrier``. With *of_model*, the webhook is a model of the official SDK.
    """
    if remedy is Remedy.READ_OPTIONAL:
        if framework is Framework.EXPRESS:
            return members.in_javascript(member)
        return members.in_models(member) if of_model else members.in_python(member)
    if framework is Framework.EXPRESS:
        return express.code(remedy, verifier, path)
    handler = HANDLERS[framework]
    if remedy is Remedy.VERIFY:
        verifying = VERIFYING[verifier]
        return _composed(
            (handler.standard | verifying.standard, (*handler.imports, verifying.package)),
            verifying.text,
            handler.text(path, handler.checking, handler.answering("200")),
        )
    if remedy is Remedy.ANSWER_FIRST:
        later = handler.later
        return _composed(
            (handler.standard | later.standard, (*handler.imports, *later.imports)),
            later.before,
            handler.text(path, _VERIFIED, *later.lines),
        )
    if remedy is Remedy.CATCH_API_ERRORS:
        return _with_step(handler, catch_api_errors(handler.works_with_coroutines, verifier), path)
    return _with_step(handler, STEPS[remedy], path)


def _with_step(handler: Handler, step: Step, path: str) -> str:
    """Return the code of a *handler* at *path* that does *step* once it has verified a request."""
    *lines, value = step.then
    answer = (
        handler.xml.replace("DOCUMENT", value) if step.answers_xml else handler.answering(value)
    )
    text = f"{step.text}\n{handler.text(path, _VERIFIED, *lines, answer)}"
    for marker, word in (("ASYNC", "async "), ("AWAIT", "await ")):
        text = text.replace(marker, word if handler.works_with_coroutines else "")
    return _composed((handler.standard | step.standard, (*handler.imports, *step.imports)), text)


def _composed(imports: tuple[frozenset[str], tuple[str, ...]], *parts: str) -> str:
    """Return the *imports*, modules of the standard library and lines, and then the *parts*."""
    standard, lines = imports
    first = [f"import {', '.join(sorted(standard))}"] if standard else []
    return "\n".join(filter(None, ["\n".join([*first, *lines]) + "\n", *parts]))
