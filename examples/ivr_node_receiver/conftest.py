"""Starts the app in a process of its own; its commands come to the fake API."""

import pytest


@pytest.fixture(scope="session")
def telnyx_receiver(telnyx_server_receiver):
    return telnyx_server_receiver("node app.js")
