"""The official Node SDK unwraps what we sign for the account, and refuses what we forge.

The pinned SDK is installed once, into ``tests/node/node_modules``.
"""

from __future__ import annotations

import base64
import json
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from telnyx_mock.attacks.forgeries import FORGERIES, forge
from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.event import ContentType
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from tests.node_packages import require_packages

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent.parent / "node"
KEY = KeyPair.generate()

ACCEPTED = {
    "signature-with-spare-bits": "its base64 does not look at the bits that pad the last byte",
    "timestamp-zeros-signed": "Number() takes leading zeros, and the header is verified as it stands",
    "replay-exact": "what has been delivered is for the receiver to remember",
}
"""The forgeries that the Node SDK accepts, and why."""

Unwrap: TypeAlias = Callable[[Iterable[tuple[str, Request]]], dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def unwrap() -> Unwrap:
    """What the SDK makes of named requests: ``unwrapped``, or the reason for which it ``refused``."""
    require_packages(FOLDER)

    def run(requests: Iterable[tuple[str, Request]]) -> dict[str, dict[str, Any]]:
        ran = subprocess.run(
            ["node", "unwrap.js"],
            cwd=FOLDER,
            input="".join(json.dumps(row(name, request)) + "\n" for name, request in requests),
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert ran.returncode == 0, ran.stderr
        return {found["name"]: found for found in map(json.loads, ran.stdout.splitlines())}

    return run


def row(name: str, request: Request) -> dict[str, Any]:
    return {
        "name": name,
        "body": base64.b64encode(request.body).decode(),
        "headers": [
            (header.decode("latin-1").lower(), value.decode("latin-1"))
            for header, value in request.headers
        ],
        "public_key": KEY.public_key,
    }


def test_every_json_event_is_unwrapped_to_what_was_sent(unwrap: Unwrap) -> None:
    names = [
        event.name
        for event in all_events()
        if event.content_type is ContentType.JSON and event.signed
    ]
    bodies = {name: sample(name).fresh() for name in names}
    now = int(time.time())
    answers = unwrap((name, sign(bodies[name], KEY, timestamp=now)) for name in names)
    assert list(answers) == names
    for name, answer in answers.items():
        assert answer.get("unwrapped") == bodies[name].body, answer


def test_every_forgery_is_refused_but_for_those_that_are_explained(unwrap: Unwrap) -> None:
    genuine = sample("call.initiated").fresh()
    now = time.time()
    requests = {name: forge(name, genuine, KEY, now) for name in FORGERIES}
    answers = unwrap([*requests.items(), ("genuine", sign(genuine, KEY, timestamp=int(now)))])
    assert "unwrapped" in answers.pop("genuine")
    assert list(answers) == list(FORGERIES)
    accepted = {name for name, answer in answers.items() if "refused" not in answer}
    assert accepted == ACCEPTED.keys() & FORGERIES.keys()
