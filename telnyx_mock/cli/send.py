"""``telnyx-mock send``: one signed webhook, now."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import click

from telnyx_mock.cli.exits import Exit
from telnyx_mock.cli.once import did_right, send_once
from telnyx_mock.cli.options import ACCESS, settings_options
from telnyx_mock.cli.override_options import override_options, overrides
from telnyx_mock.contract.engine.opener import Opener
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.captures import load_webhook
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.request import Headers, Request
from telnyx_mock.payload.webhook import Webhook, webhook
from telnyx_mock.settings import Settings
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.added_headers import added_headers
from telnyx_mock.transports.endpoint import Endpoint
from telnyx_mock.transports.loading import is_address

__all__ = ["command"]


@click.command("send")
@click.argument("event")
@click.argument("target", required=False)
@settings_options(*ACCESS)
@override_options
@click.option("--forge", "forgery", metavar="NAME", help="Send a lie instead; see 'forgeries'.")
@click.option("--malform", metavar="NAME", help="Send it rightly signed, but malformed: json-null.")
@click.option("--layout", metavar="NAME", help="How the body is written: indented, escaped, ...")
@click.option("--header-case", metavar="CASE", help="How header names are: title, upper.")
@click.option("--charset", is_flag=True, help="Name the charset in the content type.")
@click.option("--reverse-headers", is_flag=True, help="Send the headers in reverse order.")
@click.option("--dry-run", is_flag=True, help="Print the request; send nothing.")
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
    TARGET is an address or an app, as for 'check'. The exit code is 0 if the receiver did right:
    accepted what is genuine, refused what is forged, survived what is malformed or could be either;
    and 1 if it did not.
    """
    settings = Settings(**access)
    pair = KeyPair.load(settings.key) if settings.key else KeyPair.generate()
    built = _built(event, assignments, absent, loose=loose)
    draft = Draft(built, layout, header_case or "lower", charset, reverse_headers)
    if (forgery or malform) and (layout or header_case or charset or reverse_headers):
        raise UsageError(
            "--layout, --header-case, --charset and --reverse-headers do not go with --forge and "
            "--malform, which write the request themselves."
        )
    request = Emulator(key=pair).request(draft, forge=forgery, malform=malform)
    if dry_run:
        shown = request.with_headers(*_shown(settings.headers))
        _print_request(shown, _place(target or "", settings))
        return
    if target is None:
        raise UsageError("There is no TARGET to send to; give one, or --dry-run.")
    delivery = send_once(request, pair, target, settings)
    unclear = Exit.INCONCLUSIVE if delivery.blocked else Exit.ERRORS
    context.exit(Exit.CLEAN if did_right(delivery) else unclear)


def _built(
    event: str, assignments: tuple[str, ...], absent: tuple[str, ...], *, loose: bool
) -> Webhook:
    if not event.endswith(".json"):
        values = overrides(event, assignments, absent, loose=loose)
        return webhook(event, strict=not loose, **values)
    if assignments or absent:
        raise UsageError(f"--set and --unset do not go with a file; change {event} itself.")
    return load_webhook(event)


def _place(target: str, settings: Settings) -> Endpoint:
    """Where in the receiver a request to *target* goes; an app is not imported for that."""
    if not is_address(target):
        return Endpoint.of(settings.path)
    receiver = Opener(settings).open(target)
    receiver.close()
    parts = urlsplit(receiver.url)
    return Endpoint.of((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _shown(texts: tuple[str, ...]) -> Headers:
    """The headers that *texts* add; of those that name where their value is, the name alone."""
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
    click.echo(b"\n".join(lines))
