"""Servers behind something that refuses or fails: firewalls, rate limits, maintenance, chance."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

from tests.hostile.case import Topic
from tests.hostile.server import Asked, Server, Visit, answer, answering, server

CORRECT = {"exit": 3, "no_other_error": True}
NOT_PASSED = {"exit": (1, 3)}


def ageless(server: Server) -> None:
    """Let the receiver of *server* accept requests of any age."""
    server.receiver.tolerance = 10**12


def firewall(limit: int, status: int, *, checks_age: bool) -> Callable[[Server, Asked], bytes]:
    def answers(server: Server, asked: Asked) -> bytes:
        if not checks_age:
            ageless(server)
        return answer(status if server.refusals >= limit else server.judge(asked))

    return answers


for limit, status, checks_age in product((5, 20), (401, 403, 429), (True, False)):
    what = "is correct" if checks_age else "never looks at the age of a request"
    verdict: dict[str, Any] = CORRECT if checks_age else NOT_PASSED
    server(
        f"bans with {status} after {limit}{'' if checks_age else ', ageless'}",
        f"It {what}, and answers {status} to everything after {limit} refusals.",
        Topic.REFUSALS,
        answering(firewall(limit, status, checks_age=checks_age)),
        says=("a firewall? Allow this host, or lower --rate",),
        quick=(limit, status, checks_age) == (20, 403, True),
        **verdict,
    )


def resetting(visit: Visit) -> None:
    for asked in visit.each():
        if visit.server.refusals >= 20:
            visit.reset()
        visit.send(answer(visit.server.judge(asked)))


def silent(visit: Visit) -> None:
    for asked in visit.each():
        if visit.server.refusals >= 20:
            visit.hang()
        visit.send(answer(visit.server.judge(asked)))


server(
    "bans with a reset",
    "It is correct, and resets each connection after 20 refusals.",
    Topic.REFUSALS,
    resetting,
    **NOT_PASSED,
)
server(
    "bans with silence",
    "It is correct, and answers nothing after 20 refusals.",
    Topic.REFUSALS,
    silent,
    **NOT_PASSED,
    seconds=150,
)


def chance(status: int, share: float, seed: int) -> Callable[[Visit], None]:
    def answers(server: Server, asked: Asked) -> bytes:
        if server.requests == 0:
            server.dice.seed(seed)
        judged = server.judge(asked)
        return answer(status if server.dice.random() < share else judged)

    return answering(answers)


RANDOM = {"exit": (0, 3), "no_other_error": True, "says": ("at random",)}

for status, seed in product((500, 502, 503), (1, 2)):
    server(
        f"{status} at random, seed {seed}",
        f"It is correct, and answers {status} to 5 % of its requests, drawn by seed {seed}.",
        Topic.FLAKY,
        chance(status, 0.05, seed),
        **RANDOM,
    )


def in_turn(status: int, servers: int) -> Callable[[Visit], None]:
    def answers(server: Server, asked: Asked) -> bytes:
        judged = server.judge(asked)
        return answer(judged if server.requests % servers else status)

    return answering(answers)


for status, servers, exits in ((502, 2, 1), (401, 2, 1), (503, 3, (0, 1, 3))):
    server(
        f"one of {servers} answers {status}",
        f"It stands for {servers} servers in turn; one of them answers {status} to all.",
        Topic.FLAKY,
        in_turn(status, servers),
        exit=exits,
        finds=("accepts-each-time",),
        no_other_error=status != 401,
    )


def resets_at_random(visit: Visit) -> None:
    for asked in visit.each():
        status = visit.server.judge(asked)
        if visit.server.dice.random() < 0.05:
            visit.reset()
        visit.send(answer(status))


server(
    "resets at random",
    "It is correct, and resets the connection instead of 5 % of its answers.",
    Topic.FLAKY,
    resets_at_random,
    **RANDOM,
)


def limited(*headers: bytes) -> Callable[[Visit], None]:
    return answering(lambda server, asked: answer(429, b"", *headers))


for name, header in {
    "429 for a day": b"Retry-After: 99999999",
    "429 until a date": b"Retry-After: Fri, 31 Dec 9999 23:59:59 GMT",
    "429 for less than no time": b"Retry-After: -1",
}.items():
    server(
        name,
        f"It answers 429 to everything, with '{header.decode()}'.",
        Topic.ENDLESS,
        limited(header),
        exit=3,
        no_other_error=True,
        says=("429", "--rate"),
        seconds=90,
    )


def third_429(server: Server, asked: Asked) -> bytes:
    with server.lock:
        server.requests += 1
        if server.requests % 3 == 0:
            return answer(429)
        server.requests -= 1
        return answer(server.judge(asked))


server(
    "429 now and then",
    "It is correct, and answers 429 to every third request.",
    Topic.FLAKY,
    answering(third_429),
    exit=0,
    no_other_error=True,
    seconds=120,
)


def maintenance(server: Server, asked: Asked) -> bytes:
    status = server.judge(asked)
    return answer(503 if server.requests > 50 else status)


server(
    "maintenance",
    "It is correct, and answers 503 to everything after 50 requests.",
    Topic.FLAKY,
    answering(maintenance),
    exit=(1, 3),
    no_other_error=True,
    may_find=("accepts-each-time",),
)
