"""``texml.instructions``: the request for the document that controls a call.

Source: the guide to instruction fetching, and the TeXML application's settings for the method.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, optional
from telnyx_mock.catalogue.kind_vocabulary import by_app, one_of, party, sip_uri, text, token
from telnyx_mock.catalogue.texml.fields import CALL, CONNECTION_ID, FROM, TO
from telnyx_mock.provider_urls import TEXML_FETCHING
from telnyx_mock.schema.event import Example, Status

FAMILY = Family("texml")

FAMILY.form(
    "texml.instructions",
    *CALL,
    CONNECTION_ID,
    FROM,
    TO,
    field("CallerId", party("+13125550142"), "the caller's number, or name"),
    field("CallingPartyType", one_of("pstn", "sip"), "the network the call came from"),
    field("FromSipUri", sip_uri("+13125550142@203.0.113.10"), "SIP address of the caller"),
    field("ToSipUri", sip_uri("+13125550199@sip.example.com"), "SIP address that was called"),
    optional("CallStatus", token("in-progress"), "the status of the call; in the guide's sample, but not in its table"),
    extra=by_app(text("")),
    status=Status.DOCUMENTED,
    url=TEXML_FETCHING,
    trigger="A call reaches the voice address of a TeXML application, a call is started with Url, or a call follows a Redirect.",
    after=("texml.gather", "texml.ai-gather", "texml.http-request", "texml.queue", "texml.refer", "texml.pay.action"),
    reply="a TeXML document, which runs the call: status 200, well-formed XML with the root Response",
    note="The default method is GET in the guide and POST in the OpenAPI document; with GET the fields are in the query. The guide "
    "shows CallSid as a UUID. The query of the configured address is kept, and the 'context' parameter adds further fields.",
    examples={
        "documented": Example(
            "guide to instruction fetching",
            {
                "AccountSid": "6a9a7976-012e-45d2-9258-6f5dc68d861e",
                "CallSid": "fcc47bc6-e428-11ed-ad79-02420aef00b4",
                "CallSidLegacy": "fcc47bc6-e428-11ed-ad79-02420aef00b4",
                "CallerId": "+13125550142",
                "CallingPartyType": "sip",
                "ConnectionId": "1568109700606592442",
                "From": "+13125550142",
                "FromSipUri": "+13125550142@10.239.182.10",
                "To": "+13125550199",
                "ToSipUri": "+13125550199@sip.telnyx.com",
            },
        )
    },
)

EVENTS = FAMILY.events
