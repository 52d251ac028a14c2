"""Refuses TLS to Telnyx, however the client found the address.

A client that resolves names by itself (aiodns, uvloop, a name server of its own), or that kept an
address from before, gets past the guard of names. It still names the host when TLS begins, before
it sends anything of its call.
"""

from __future__ import annotations

import errno
import functools
import ssl
from collections.abc import Callable, Mapping
from typing import Any

from telnyx_mock.fake_api.answering import answering
from telnyx_mock.fake_api.name_guard import block
from telnyx_mock.fake_api.patch import Patch
from telnyx_mock.transports.allowlist import is_telnyx


def _socket_refusing(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def wrap_socket(self: ssl.SSLContext, *args: Any, **kwargs: Any) -> Any:
        if host := _telnyx_in(args, kwargs):
            raise _refusal(host)
        return original(self, *args, **kwargs)

    return wrap_socket


def _buffer_refusing(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def wrap_bio(self: ssl.SSLContext, *args: Any, **kwargs: Any) -> Any:
        made = original(self, *args, **kwargs)
        if host := _telnyx_in(args, kwargs):
            error = _refusal(host)

            def do_handshake() -> None:
                raise error

            made.do_handshake = do_handshake  # asyncio closes the connection only if this fails
        return made

    return wrap_bio


def _telnyx_in(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """Return the host of Telnyx among the arguments; empty if there is none."""
    texts = (each for each in (*args, *kwargs.values()) if isinstance(each, str))
    return next(filter(is_telnyx, texts), "")


def _refusal(host: str) -> ssl.SSLError:
    return ssl.SSLError(errno.ECONNREFUSED, f"telnyx-mock: {block(answering(), host)}")


PATCHES = (
    Patch(ssl.SSLContext, "wrap_socket", _socket_refusing),
    Patch(ssl.SSLContext, "wrap_bio", _buffer_refusing),
)
