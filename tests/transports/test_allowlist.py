"""Requests may always go to this machine, to other hosts by name, to Telnyx never."""

from __future__ import annotations

import pytest

from telnyx_mock.errors import UsageError
from telnyx_mock.transports.allowlist import check_host, is_loopback


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.8.9.10", "::1", "[::1]"]
)
def test_this_machine_is_always_allowed(host):
    assert is_loopback(host)
    check_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "localhost.evil.com",
        "localhost.localdomain",
        "mylocalhost",
        "127.0.0.1.evil.com",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0.0.0.0",
        "128.0.0.1",
        "10.0.0.1",
        "192.168.0.1",
        "::2",
        "staging.example.com",
    ],
)
def test_any_other_host_must_be_allowed_by_name(host):
    with pytest.raises(UsageError, match=r"--allow-host .*--telnyx-allow-host"):
        check_host(host, ["example.com", "other.example.com"])
    check_host(host, [host.upper()])


@pytest.mark.parametrize(
    "host",
    ["telnyx.com", "api.telnyx.com", "API.TELNYX.COM.", "telnyx.io", "a.b.telnyx.io"],
)
def test_telnyx_is_refused_even_if_the_user_allows_it(host):
    with pytest.raises(UsageError, match="belongs to Telnyx"):
        check_host(host, [host, "telnyx.com"])


def test_a_similar_name_is_not_telnyx():
    check_host("nottelnyx.com", ["nottelnyx.com"])
