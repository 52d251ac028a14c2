"""A network without an app: a test gives commands, and reads the webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.validate import problems
from telnyx_mock.simulator import commands, person
from telnyx_mock.simulator.leg import Leg
from telnyx_mock.simulator.network import Network, Outgoing
from telnyx_mock.simulator.simulation import made

CALLER, APP, AGENT = "+13125550142", "+13125550199", "+13125550171"


class World:
    """A network, and all that it has sent."""

    def __init__(self) -> None:
        self.network = Network(1_700_000_000.0)
        self.sent: list[Outgoing] = []

    def ring(self) -> Leg:
        return person.rings(self.network, CALLER, APP, {})

    def answered(self) -> Leg:
        """Return a call that the app has answered, after the webhooks of that."""
        leg = self.ring()
        self.command("answer", leg)
        self.run()
        return leg

    def command(
        self, name: str, leg: Leg | None = None, made: Mapping[str, Any] = {}, **given: Any
    ) -> None:
        """Give a command, to which the API answers what it *made*."""
        call = None if leg is None else leg.call_control_id
        commands.command(self.network, name, call, given, made)

    def dialled(self, **given: Any) -> Leg:
        """Return the leg of a new dial command."""
        self.command("dial", **{"from": APP, "to": AGENT, "connection_id": "1", **given})
        return self.newest()

    def newest(self) -> Leg:
        return list(self.network.legs.values())[-1]

    def run(self) -> list[str]:
        """Run until all is quiet, and return the names of the webhooks since."""
        return self._take(lambda: self.network.next())

    def wait(self, seconds: float) -> list[str]:
        """Let time pass, and return the names of the webhooks since."""
        end = self.network.now + seconds
        return self._take(lambda: self.network.until(end))

    def _take(self, following: Any) -> list[str]:
        before = len(self.sent)
        while len(self.sent) - before < 1000 and (outgoing := following()) is not None:
            self.sent.append(outgoing)
        return [outgoing.event for outgoing in self.sent[before:]]

    def last(self, event: str) -> dict[str, Any]:
        """Return the fields of the last webhook *event*."""
        return next(dict(each.fields) for each in reversed(self.sent) if each.event == event)

    def webhooks(self) -> list[Webhook]:
        return [made(outgoing, self.network.epoch) for outgoing in self.sent]

    def assert_valid(self) -> None:
        """Assert that the catalogue finds every webhook valid."""
        for webhook in self.webhooks():
            assert [str(each) for each in problems(webhook.event, webhook.body)] == [], webhook
