"""``telnyx-mock send``: send one signed webhook, and print the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlsplit

import click

from telnyx_mock.attacks.forgeries import FORGERIES, Expected
from telnyx_mock.cli.app_output import escaped, noticing_exit
from telnyx_mock.cli.completion import complete_event, complete_forgery, complete_malformed
from telnyx_mock.cli.echo import echo, echo_bytes
from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.cli.options import ACCESS, settings_options
from telnyx_mock.cli.override_options import override_options, overrides
from telnyx_mock.contract.opening.receiver_opener import Opener
from telnyx_mock.delivery import Delivery
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import UsageError
from telnyx_mock.hidden import beginning
from telnyx_mock.names import ForgeryName, MalformedName
from telnyx_mock.payload.captures import load_webhook
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.request import Headers, Request
from telnyx_mock.payload.webhook import Webhook, webhook
from telnyx_mock.settings import Settings
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.added_headers import added_headers
from telnyx_mock.transports.endpoint import Endpoint
from telnyx_mock.transports.environment import (
    added_variables,
    receiver_environment,
    variables,
    without_key,
)
from telnyx_mock.transports.loading import is_address
from telnyx_mock.transports.throttle import Budget, Throttled

SHOWN = 4000
"""The number of characters of an answer that are printed."""


@click.command("send")
@click.argument("event", shell_complete=complete_event)
@click.argument("target", required=False)
@settings_options(*ACCESS, "rules_from")
@override_options
@click.option(
    "--forge",
    "forgery",
    metavar="NAME",
    shell_complete=complete_forgery,
    help="Send this forgery instead; 'forgeries' lists them.",
)
@click.option(
    "--malform",
    metavar="NAME",
    shell_complete=complete_malformed,
    help=("Send the webhook malformed but correctly signed; NAME is for example json-null."),
)
@click.option(
    "--layout", metavar="NAME", help="Write the body in this layout, as in indented or escaped."
)
@click.option(
    "--header-case",
    metavar="CASE",
    help="Write header names in title case or upper case: title, upper.",
)
@click.option("--charset", is_flag=True, help="Name the charset in the content type.")
@click.option("--reverse-headers", is_flag=True, help="Send the headers in reverse order.")
@click.option("--dry-run", is_flag=True, help="Print the request, and send nothing.")
@click.pass_context
def command(
    context: click.Context,
    /,
    event: str,
    target: str | None,
    assignments: tuple[str, ...],
    absent: tuple[str, ...],
    loose: bool,
    forgery: str | None,
    malform: str | None,
    layout: str | None,
    header_case: str | None,
    charset: bool,
    reverse_headers: bool,
    dry_run: bool,
    **access: Any,
) -> None:
    """Send one webhook of EVENT to TARGET, and print the answer.

    EVENT is the name of an event, or a file that 'capture' wrote (captured/call.answered-1.json).
    TARGET is an address or an app, as for 'check'.

    The exit code is 0 if the receiver reacted correctly, and 1 if it did not. A receiver should
    accept a genuine webhook, refuse a forged one, and survive a malformed one.
    """
    settings = Settings(**access)
    pair = KeyPair.load(settings.key) if settings.key else KeyPair.generate()
    built = _built(event, assignments, absent, loose=loose)
    draft = Draft(built, layout, header_case or "lower", charset, reverse_headers)
    if (forgery or malform) and (layout or header_case or charset or reverse_headers):
        raise UsageError(
            "--forge and --malform decide how the request is written, so leave out --layout, "
            "--header-case, --charset and --reverse-headers."
        )
    forged, malformed = cast("ForgeryName | None", forgery), cast("MalformedName | None", malform)
    learn_forgery(forgery, settings, pair)
    request = Emulator(key=pair).request(draft, forge=forged, malform=malformed)
    if dry_run:
        shown = request.with_headers(*_shown(settings.headers))
        _print_request(shown, _place(target or "", settings))
        return
    if target is None:
        raise UsageError("TARGET is missing: name the receiver, or add --dry-run.")
    context.exit(send_once(request, pair, target, settings))


def learn_forgery(name: str | None, settings: Settings, pair: KeyPair) -> None:
    """Learn the forgery *name* from the modules and packages with the user's own, if it is none of ours.

    They may import the app, which finds the public key of *pair*.
    """
    if name is not None and name not in FORGERIES:
        from telnyx_mock.contract.all_rules import contract  # it loads every rule

        added = variables({**without_key(settings.key), **added_variables(settings.env)})
        with receiver_environment(pair.public_key), added, escaped():
            contract(settings.rules_from)


def send_once(request: Request, pair: KeyPair, target: str, settings: Settings) -> ExitCode:
    """Send *request*, which *pair* signed, to *target*, and print the answer and its effects.

    The exit code says whether the receiver reacted correctly. It is inconclusive if the receiver
    reacted wrongly and one of its own calls was refused here.
    """
    added = variables({**without_key(settings.key), **added_variables(settings.env)})
    own_exit = noticing_exit(ExitCode.NOT_RUN)
    with receiver_environment(pair.public_key), added, escaped(), own_exit:
        receiver = Opener(settings).open(target)
        # One request needs no bound, but it needs the user's headers.
        throttled = Throttled(receiver, Budget(), added_headers(settings.headers))
        emulator = Emulator(throttled, key=pair)
        try:
            if not settings.key and not receiver.in_process:
                echo(
                    "This request is signed with a new key, which the receiver cannot know. If the "
                    "receiver verifies signatures, give --key.",
                    err=True,
                )
            delivery = emulator.send(request)
            # Work in the background may have sent more commands since the answer.
            delivery = replace(delivery, commands=tuple(emulator.api.commands))
        finally:
            emulator.unbind()
            receiver.close()
    _print_answer(delivery)
    for call in delivery.blocked:
        echo(f"telnyx-mock: One of the receiver's calls was refused here: {call}", err=True)
    if _did_right(delivery):
        return ExitCode.CLEAN
    for command in delivery.unmodelled:
        echo(
            f"telnyx-mock: The fake API does not model {command.method} {command.path}, so its answer "
            "may have misled the receiver.",
            err=True,
        )
    misled = delivery.blocked or delivery.unmodelled
    return ExitCode.INCONCLUSIVE if misled else ExitCode.ERRORS


def _did_right(delivery: Delivery) -> bool:
    """Whether the receiver accepted, refused or survived the request, as the request requires."""
    request = delivery.request
    if request.forgery is not None:
        forgery = FORGERIES[request.forgery]
        acted = any(command.method not in ("GET", "HEAD") for command in delivery.commands)
        # A request that only has to be survived may be accepted too, and then have effects.
        may_act = forgery.expected is Expected.SURVIVED
        return forgery.allows(delivery.status) and (may_act or not acted)
    if request.malformed is not None or request.webhook is None:
        return delivery.status is not None and delivery.status < 500
    return delivery.accepted


def _print_answer(delivery: Delivery) -> None:
    echo(f"{delivery.sent()}: {delivery.answer()} in {delivery.elapsed * 1000:.0f} ms")
    for command in delivery.commands:
        echo(f"command: {command.method} {command.path}")
    if delivery.body:
        echo(beginning(delivery.body, SHOWN, "backslashreplace"))
    if delivery.crash:
        echo(delivery.crash, err=True)


def _built(
    event: str, assignments: tuple[str, ...], absent: tuple[str, ...], *, loose: bool
) -> Webhook:
    if not event.endswith(".json"):
        values = overrides(event, assignments, absent, loose=loose)
        return webhook(event, strict=not loose, **values)
    if assignments or absent:
        raise UsageError(f"--set and --unset cannot change a file; edit {event} itself.")
    return load_webhook(event)


def _place(target: str, settings: Settings) -> Endpoint:
    """Return the path that a request to *target* goes to. An app is not imported."""
    if not is_address(target):
        return Endpoint.of(settings.path, settings.host)
    receiver = Opener(settings).open(target)
    receiver.close()
    parts = urlsplit(receiver.url)
    return Endpoint.of((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _shown(texts: tuple[str, ...]) -> Headers:
    """Return the headers that *texts* add, with ``...`` for a value from the environment."""
    written = (text.partition(":")[2].strip(" \t").encode() for text in texts)
    return tuple(
        (name, value if value == own else b"...")
        for own, (name, value) in zip(written, added_headers(texts), strict=True)
    )


def _print_request(request: Request, place: Endpoint) -> None:
    query = place.query_of(request)
    path = place.raw_path + (b"?" + query if query else b"")
    lines = [
        b"%b %b HTTP/1.1" % (request.method.encode(), path),
        *(b"%b: %b" % header for header in request.headers),
        b"",
        request.body,
    ]
    echo_bytes(b"\n".join(lines))
