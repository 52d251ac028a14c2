"""Reads one whole request from a socket. A server that closes earlier resets the client."""

from __future__ import annotations

import socket


def read(connection: socket.socket) -> tuple[bytes, bytes]:
    """One request: its head and its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            raise OSError("closed")
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line[16:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:"),
        0,
    )
    while len(body) < length:
        more = connection.recv(65536)
        if not more:
            raise OSError("closed")
        body += more
    return head, body
