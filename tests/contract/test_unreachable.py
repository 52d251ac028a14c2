"""What the finding says where nothing is served: the wrong key, the wrong path, the right one."""

from __future__ import annotations

from telnyx_mock.transports.throttle import Budget, Throttled
from tests.conftest import Snapshot
from tests.contract.conftest import Elsewhere, MakeRunner, run
from tests.receivers.faults.keys import OtherKey

TARGETS = {
    "another key in this process": OtherKey,
    "another key elsewhere": Elsewhere(401),
    "a forbidden path elsewhere": Elsewhere(403),
    "nothing at this path elsewhere": Elsewhere(404),
    "another status elsewhere": Elsewhere(422),
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
