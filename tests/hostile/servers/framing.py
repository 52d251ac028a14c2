"""Servers whose answers do not begin or end where HTTP says."""

from __future__ import annotations

from tests.hostile.case import Topic
from tests.hostile.server import answer, answering, server

server(
    "correct server",
    "It answers as a correct receiver does, and keeps its connections.",
    Topic.ANSWERS,
    answering(lambda server, asked: answer(server.judge(asked))),
    exit=(0, 3),
    no_other_error=True,
    quick=True,
)
