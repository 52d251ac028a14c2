"""A request that this machine sent twice, over a connection that was closed, is no second handling."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from telnyx_mock.payload.request import Request
from telnyx_mock.transports.receiver import Response
from tests.contract.conftest import Elsewhere, MakeRunner, run


class ActsOnDuplicates(Elsewhere):
    """It acts on everything, and each duplicate goes out twice if *resent*."""

    def __init__(self, resent: bool) -> None:
        super().__init__(200)
        self.resent = resent
        self.acted = 0
        self.seen: Counter[str] = Counter()

    def send(self, request: Request, *, timeout: float) -> Response:
        id_ = json.loads(request.body)["data"]["id"]
        resent = self.resent and self.seen[id_] > 0
        self.seen[id_] += 1
        self.acted += 1
        return Response(200, (), b"", 0.0, resent=resent)


@pytest.mark.parametrize("resent", [False, True])
def test_a_second_effect_counts_only_if_the_request_went_out_once(
    resent: bool, runner: MakeRunner
) -> None:
    receiver = ActsOnDuplicates(resent)
    made = runner(receiver, "call.hangup", probe=lambda: receiver.acted)
    findings = run(made, "idempotent-when-redelivered", "").findings
    assert bool(findings) != resent
