"""Opens a target for a simulation, and serves the fake API to one that is in another process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from telnyx_mock.cli.app_output import escaped, noticing_exit
from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.contract.opening.given import app_environment, key_pair
from telnyx_mock.contract.opening.receiver_opener import Opener
from telnyx_mock.emulator import Emulator
from telnyx_mock.settings import Settings
from telnyx_mock.transports.added_headers import added_headers
from telnyx_mock.transports.throttle import Budget, Throttled

UNKNOWN_KEY = (
    "Webhooks are signed with a new key, which the receiver cannot know. If the receiver verifies "
    "signatures, give --key."
)


@contextmanager
def bound(target: str, settings: Settings, api_port: int) -> Iterator[tuple[Emulator, str]]:
    """Yield an emulator that is bound to *target*, and the address of its fake API.

    An app in this process needs no such address, and it is empty. For a server elsewhere, the fake API
    listens on *api_port*.
    """
    pair = key_pair(settings.key)
    own_exit = noticing_exit(ExitCode.NOT_RUN)
    with app_environment(settings, pair), escaped(), own_exit:
        receiver = Opener(settings).open(target)
        emulator = Emulator(
            Throttled(receiver, Budget(), added_headers(settings.headers)), key=pair
        )
        try:
            if receiver.in_process:
                yield emulator, ""
            else:
                if not settings.key:
                    echo(UNKNOWN_KEY, err=True)
                with emulator.serving(api_port) as address:
                    yield emulator, address
        finally:
            emulator.unbind()
            receiver.close()
