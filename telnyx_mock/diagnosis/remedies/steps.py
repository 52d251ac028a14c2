"""What a receiver in Python does with an event that it has verified, one function for each remedy.

``ASYNC`` and ``AWAIT`` stand before what is a coroutine in a framework that works with coroutines.
"""

from __future__ import annotations

from dataclasses import dataclass

from telnyx_mock.contract.app_facts import Verifier
from telnyx_mock.diagnosis.remedies.remedy import Remedy


@dataclass(frozen=True)
class Step:
    """A function in *text*, and what it imports: modules of the *standard* library, and *imports*.

    *then* is, in the handler, the expression for the status or, if *answers_xml*, for the TeXML
    document, after the lines that it needs; ``BODY`` stands there for the raw bytes.
    """

    text: str
    standard: frozenset[str] = frozenset({"json"})
    imports: tuple[str, ...] = ()
    then: tuple[str, ...] = ("AWAIThandle(json.loads(BODY))",)
    answers_xml: bool = False


ACKNOWLEDGE = Step("""\
ASYNCdef handle(event: dict) -> int:
    match event:
        case {"data": {"event_type": "call.initiated", "payload": {"direction": "incoming"}}}:
            AWAITwork(event)  # your code; one case for each event that it uses
    return 200  # for all other events, too
""")

DEDUPLICATE = Step(
    """\
# A table that all processes share. On AWS Lambda, use DynamoDB.
database = sqlite3.connect("webhooks.db", isolation_level=None, check_same_thread=False)
database.execute("CREATE TABLE IF NOT EXISTS handled (id TEXT PRIMARY KEY)")

ASYNCdef handle(event: dict) -> int:
    key = (event["data"]["id"],)
    if not database.execute("INSERT OR IGNORE INTO handled VALUES (?)", key).rowcount:
        return 200  # a duplicate
    try:
        AWAITwork(event)  # your code
    except Exception:
        database.execute("DELETE FROM handled WHERE id = ?", key)  # the next attempt counts
        raise
    return 200
""",
    frozenset({"json", "sqlite3"}),
)

_RETRY = """\
        return 503  # Telnyx delivers again, and then the API may work
"""

CATCH_SDK = Step(
    f"""\
ASYNCdef handle(event: dict) -> int:
    try:
        AWAITwork(event)  # your code, which calls the API
    except (APIConnectionError, InternalServerError, RateLimitError):
{_RETRY}\
    except APIStatusError:
        pass  # for example, the call has ended: another attempt is useless
    return 200
""",
    imports=(
        "from telnyx import APIConnectionError, APIStatusError, InternalServerError, RateLimitError",
    ),
)

_CATCH = f"""\
ASYNCdef handle(event: dict) -> int:
    try:
        AWAITwork(event)  # your code, which calls answer.raise_for_status()
    except NO_ANSWER:
{_RETRY}\
    except HTTP_ERROR as error:
        if error.response.status_code == 429 or error.response.status_code >= 500:
            return 503
    return 200  # another attempt is useless: for example, the call has ended
"""

CATCH_REQUESTS = Step(
    _CATCH.replace("NO_ANSWER", "(requests.ConnectionError, requests.Timeout)").replace(
        "HTTP_ERROR", "requests.HTTPError"
    ),
    imports=("import requests",),
)

CATCH_HTTPX = Step(
    _CATCH.replace("NO_ANSWER", "httpx.TransportError").replace(
        "HTTP_ERROR", "httpx.HTTPStatusError"
    ),
    imports=("import httpx",),
)

ESCAPE = Step(
    """\
def document(form: dict) -> str:
    caller = escape(form.get("From", ""))  # quoteattr() inside an attribute
    return f"<Response><Say>{caller} is calling.</Say></Response>"
""",
    frozenset(),
    ("from urllib.parse import parse_qsl", "from xml.sax.saxutils import escape"),
    then=("form = dict(parse_qsl(BODY.decode()))", "document(form)"),
    answers_xml=True,
)

KEEP_STATE = Step("""\
calls: dict[str, dict] = {}  # with several processes: a table that they share

ASYNCdef handle(event: dict) -> int:
    key = event["data"]["payload"].get("call_control_id")
    if key is None:
        return 200
    state = calls.setdefault(key, {})  # the event that begins a call may come late, or never
    AWAITwork(event, state)  # your code
    if event["data"]["event_type"] == "call.hangup":
        calls.pop(key, None)
    return 200
""")

STEPS = {
    Remedy.ACKNOWLEDGE_UNKNOWN: ACKNOWLEDGE,
    Remedy.DEDUPLICATE: DEDUPLICATE,
    Remedy.ESCAPE_XML: ESCAPE,
    Remedy.KEEP_STATE_PER_CALL: KEEP_STATE,
}


def catch_api_errors(works_with_coroutines: bool, verifier: Verifier) -> Step:
    """Return the step that catches what the official SDK raises, or else the usual client."""
    if verifier is Verifier.SDK:
        return CATCH_SDK
    return CATCH_HTTPX if works_with_coroutines else CATCH_REQUESTS
