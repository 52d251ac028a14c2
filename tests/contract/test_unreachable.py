"""What the finding says where nothing is served: the wrong key, the wrong path, the right one."""

from __future__ import annotations

import flask
from fastapi import FastAPI

from telnyx_mock.transports.throttle import Budget, Throttled
from tests.conftest import Snapshot
from tests.contract.conftest import Elsewhere, MakeRunner, run
from tests.receivers.faults.keys import OtherKey


def flask_app() -> flask.Flask:
    app = flask.Flask(__name__)
    app.post("/hooks/telnyx", endpoint="hook")(lambda: "")
    app.get("/", endpoint="page")(lambda: "")
    return app


def fastapi_app() -> FastAPI:
    app = FastAPI()
    app.post("/hooks/telnyx")(lambda: "")
    app.post("/admin")(lambda: "")
    return app


TARGETS = {
    "another key in this process": OtherKey,
    "another key elsewhere": Elsewhere(401),
    "a forbidden path elsewhere": Elsewhere(403),
    "nothing at this path elsewhere": Elsewhere(404),
    "another status elsewhere": Elsewhere(422),
    "no POST at this path in Flask": flask_app(),
    "nothing at this path in FastAPI": fastapi_app(),
}


def test_the_words_where_nothing_is_served(runner: MakeRunner, snapshot: Snapshot) -> None:
    lines = []
    for case, target in TARGETS.items():
        made = runner(target)
        [finding] = run(made, "serves-something", "").findings
        made.emulator.bind(Throttled(made.emulator.receiver, Budget()))
        assert run(made, "serves-something", "").findings == (finding,)
        lines.append(f"{case}\n    {finding.message}\n")
    snapshot("unreachable", "".join(lines))
