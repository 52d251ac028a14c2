"""A signed request: method, headers and body as bytes.

Headers are an ordered list of pairs, so that a forgery can repeat a header. A request has no
address, because Telnyx does not sign the address; the receiver that gets the request knows it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.webhook import Webhook

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]

SIGNATURE_HEADER = b"telnyx-signature-ed25519"
TIMESTAMP_HEADER = b"telnyx-timestamp"
"""The names of the two signature headers (:data:`telnyx_mock.provider_urls.MESSAGING_GUIDE`)."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, exactly as it is sent.

    *headers* lack ``Host`` and ``Content-Length``, because the transport adds these. If they
    include ``Transfer-Encoding: chunked``, HTTP sends the body in chunks. *query* is raw, without
    the question mark. The other fields are not sent: *webhook* is the content of the request,
    *draft* is the draft that was signed, and *forgery* or *malformed* names what is wrong with the
    request, if anything is.
    """

    headers: Headers
    body: bytes
    method: str = "POST"
    query: bytes = b""
    webhook: Webhook | None = None
    draft: Draft | None = None
    forgery: str | None = None
    malformed: str | None = None

    @property
    def event(self) -> str:
        """The name of the event; empty if the request carries no webhook."""
        return "" if self.webhook is None else self.webhook.event.name

    @property
    def text_headers(self) -> dict[str, str]:
        """The headers as texts, for a test client of your own. Of a header that repeats, the last."""
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in self.headers}

    def header(self, name: bytes) -> bytes | None:
        """Return the first value of the header *name*, in any case; None if the header is missing."""
        wanted = name.lower()
        return next((value for known, value in self.headers if known.lower() == wanted), None)

    def with_headers(self, *changes: tuple[bytes, bytes | None]) -> Request:
        """Return a copy with each header set in its old place, or removed if its value is None.

        A new header comes last.
        """
        headers = list(self.headers)
        for name, value in changes:
            names = [known.lower() for known, _ in headers]
            place = names.index(name.lower()) if name.lower() in names else len(names)
            headers = [pair for pair in headers if pair[0].lower() != name.lower()]
            if value is not None:
                headers.insert(place, (name, value))
        return replace(self, headers=tuple(headers), draft=None)
