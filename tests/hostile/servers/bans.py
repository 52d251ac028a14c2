"""Servers that ban a client after some refusals."""

from __future__ import annotations

from tests.hostile.case import Topic
from tests.hostile.server import answer, answering, server

FIREWALL = "a firewall? Allow this host, or lower --rate"

server(
    "firewall with 403",
    "It is correct, and answers 403 to everything after 20 refusals.",
    Topic.REFUSALS,
    answering(lambda server, asked: answer(403 if server.refusals >= 20 else server.judge(asked))),
    exit=3,
    no_other_error=True,
    says=(FIREWALL,),
    quick=True,
)

server(
    "rate limit for ever",
    "It is correct, and answers 429 to everything after 20 refusals.",
    Topic.REFUSALS,
    answering(lambda server, asked: answer(429 if server.refusals >= 20 else server.judge(asked))),
    exit=3,
    no_other_error=True,
    says=(FIREWALL,),
)
