"""What anyone can send: which junk, methods, sizes and encodings, and which answers are wrong."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome, Result
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Headers, Receiver


class Recording(Receiver):
    """Keeps the requests that it gets."""

    requests: list[tuple[str, Headers, bytes]]

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.method = scope["method"]
        await super().__call__(scope, receive, send)

    def handle(self, headers: Headers, body: bytes) -> int:
        self.requests.append((self.method, headers, body))
        return super().handle(headers, body)


@pytest.fixture
def requests() -> list[tuple[str, Headers, bytes]]:
    Recording.requests = []
    return Recording.requests


def answering(status: int, when: Any) -> type[Receiver]:
    """A receiver that gives this answer to the requests for which *when* is true."""

    class Answering(Recording):
        def handle(self, headers: Headers, body: bytes) -> int:
            usual = super().handle(headers, body)
            return status if when(self.method, headers, body) else usual

    return Answering


def observed(result: Result) -> list[str]:
    return [finding.observed for finding in result.findings]


# Sizes


def test_large_bodies_exceed_the_limits_of_common_frameworks(
    runner: MakeRunner, requests: list[tuple[str, Headers, bytes]]
) -> None:
    assert run(runner(Recording), "survives-large").outcome is Outcome.PASSED
    large = [len(body) for _, _, body in requests if len(body) > 1_000_000]
    assert large == [1_572_864, 3_145_728]


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (200, "was accepted with 200"),
        (299, "was accepted with 299"),
        (300, ""),
        (302, ""),
        (413, ""),
        (499, ""),
        (500, "made the receiver fail with 500"),
        (503, "made the receiver fail with 503"),
    ],
)
@pytest.mark.usefixtures("requests")
def test_a_large_body_may_be_refused_or_redirected(
    runner: MakeRunner, status: int, problem: str
) -> None:
    made = runner(answering(status, lambda _, __, body: len(body) > 3_000_000))
    result = run(made, "survives-large")
    assert [problem in finding.message for finding in result.findings] == [True] * bool(problem)
    assert all("An unsigned body of 3 MiB" in each.message for each in result.findings)


# Methods


def test_each_common_method_is_tried(
    runner: MakeRunner, requests: list[tuple[str, Headers, bytes]]
) -> None:
    assert run(runner(Recording), "survives-methods").outcome is Outcome.PASSED
    methods = [method for method, _, _ in requests if method != "POST"]
    assert methods == ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]


@pytest.mark.parametrize(
    ("status", "fails"),
    [(200, False), (405, False), (499, False), (500, True), (501, False), (502, True)],
)
@pytest.mark.usefixtures("requests")
def test_a_method_may_be_refused_as_not_implemented(
    runner: MakeRunner, status: int, fails: bool
) -> None:
    result = run(runner(answering(status, lambda method, *_: method == "PUT")), "survives-methods")
    assert ["with the method PUT made" in each.message for each in result.findings] == [
        True
    ] * fails


# Compressed bodies


def test_compressed_bodies_are_right_cut_off_and_false(
    runner: MakeRunner, requests: list[tuple[str, Headers, bytes]]
) -> None:
    assert run(runner(Recording), "survives-compressed").outcome is Outcome.PASSED
    packed = [body for _, headers, body in requests if headers.get("content-encoding") == "gzip"]
    right, cut, false = packed
    assert gzip.decompress(right) == b"{}"
    assert cut == right[:-4]
    assert false == b"{}"


@pytest.mark.usefixtures("requests")
def test_the_first_compressed_body_at_which_a_receiver_fails_is_found(runner: MakeRunner) -> None:
    made = runner(answering(500, lambda _, headers, __: "content-encoding" in headers))
    [finding] = run(made, "survives-compressed").findings
    assert finding.message.startswith("A gzipped body, with a false signature, made the receiver")


# Junk


@pytest.mark.usefixtures("requests")
def test_junk_that_is_accepted_is_found(runner: MakeRunner) -> None:
    made = runner(answering(200, lambda _, __, body: body == b""), "call.initiated")
    assert observed(run(made, "survives-junk")) == ["200 OK"]


@pytest.mark.usefixtures("requests")
def test_a_failure_at_junk_counts_only_if_it_occurs_again(runner: MakeRunner) -> None:
    failures: list[bytes] = []

    def once(_: str, __: Headers, body: bytes) -> bool:
        if body == b"null" and not failures:
            failures.append(body)
            return True
        return False

    result = run(runner(answering(500, once), "call.initiated"), "survives-junk")
    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, Why.NOT_REPRODUCED)


@pytest.mark.parametrize("rule", ["survives-methods", "survives-large"])
@pytest.mark.usefixtures("requests")
def test_where_a_small_post_is_accepted_no_other_body_is_tried(
    runner: MakeRunner, rule: str
) -> None:
    made = runner(answering(200, lambda _, __, body: body == b"{}"))
    result = run(made, rule)
    assert (result.outcome, result.why) == (Outcome.SKIPPED, Why.SMALL_POST_ACCEPTED)
