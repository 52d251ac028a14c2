"""A scratch project, outside the repository, with a correct receiver in ``shop.py``."""

import pytest
import pytest_telnyx_mock.contract
import pytest_telnyx_mock.receiver_fixtures  # noqa: F401

import telnyx_mock.contract.rules.registry
import telnyx_mock.fake_api.httpx_interceptor
import telnyx_mock.fake_api.requests_interceptor
import telnyx_mock.reports.summary
import telnyx_mock.strategies  # noqa: F401
from telnyx_mock.catalogue.registry import all_events

# pytester forgets what is imported during a run. So all of the core is imported before: it need
# not come again for each run, and the catalogue does not meet itself in a second copy.
list(all_events())

SHOP = '''
"""A correct receiver, for WSGI: verifies first, does each webhook once, answers 200 to the rest."""

import base64
import json
import os
import time

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey


def genuine(public_key, environ, body):
    try:
        signature = base64.b64decode(environ["HTTP_TELNYX_SIGNATURE_ED25519"], validate=True)
        stamp = environ["HTTP_TELNYX_TIMESTAMP"]
        VerifyKey(base64.b64decode(public_key)).verify(stamp.encode("latin-1") + b"|" + body, signature)
        return abs(time.time() - int(stamp)) <= 300
    except (KeyError, ValueError, OverflowError, BadSignatureError):
        return False


def create_app(public_key=None, handle=lambda event: 200, path="/webhooks"):
    public_key = public_key or os.environ["TELNYX_PUBLIC_KEY"]

    def app(environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if environ["PATH_INFO"] != path:
            status = 404
        elif not genuine(public_key, environ, body):
            status = 401
        else:
            status = handle(json.loads(body))
        start_response(f"{status} Status", [])
        return [b""]

    return app
'''

RECEIVER = """
import pytest
from shop import create_app

@pytest.fixture
def telnyx_receiver(telnyx_key):
    return create_app(telnyx_key.public_key)
"""


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch):
    """Runs of their own are no workers of ours, which share one budget among them."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER_COUNT", raising=False)


@pytest.fixture
def project(pytester, monkeypatch):
    """The project: settings that name the path, and ``shop.py``."""
    for name in ("TELNYX_PUBLIC_KEY", "TELNYX_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    pytester.makefile(".ini", pytest="[pytest]\ntelnyx_path = /webhooks\n")
    pytester.makepyfile(shop=SHOP)
    pytester.syspathinsert()
    return pytester


@pytest.fixture
def project_with_receiver(project):
    """The project, with a conftest whose telnyx_receiver is a correct app, made for each test."""
    project.makeconftest(RECEIVER)
    return project
