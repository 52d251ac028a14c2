"""Fields that many TeXML webhooks share, and the values that the documents print for them.

Every value is sent as text: booleans are ``true`` and ``false``, numbers are digits. Here a field
has its type in the schema; many counts and durations are strings even there.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import field
from telnyx_mock.catalogue.field_groups import call_control_id
from telnyx_mock.catalogue.kind_vocabulary import called, identifier, party, setting, timestamp
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Identifier

ACCOUNT_SID = field("AccountSid", setting("f5586561-8ff0-4291-a51b-c7dfe4139ff9"), "the account")
CALL_SID = field("CallSid", call_control_id(), "names the leg in requests; starts with v2: or v3:")
CALL_SID_LEGACY = field("CallSidLegacy", call_control_id(), "repeats CallSid")
CALL: tuple[Field, ...] = (ACCOUNT_SID, CALL_SID, CALL_SID_LEGACY)
CONNECTION_ID = field("ConnectionId", setting("1234567890"), "the TeXML application")
FROM = field("From", party("+13125550142"), "the calling side")
TO = field("To", called("+13125550199"), "the called side")
TIMESTAMP = field("Timestamp", timestamp("2024-01-15T10:30:00Z"), "when the webhook was made")


def recording_id() -> Identifier:
    """The id of a recording."""
    return identifier("recording_id", "35094891-3290-4142-b2c2-b2eda57534cf")


_PRINTED_CALL_SID = "v3:9X2vxPDFY2RHSJ1EdMS0RHRksMTg7ldNxdjWbVr9zBjbGjGsSe-aiQ"

PRINTED_CALL: dict[str, Json] = {"CallSid": _PRINTED_CALL_SID, "CallSidLegacy": _PRINTED_CALL_SID}
PRINTED_TIME: dict[str, Json] = {"Timestamp": "2024-01-15T10:30:00Z"}
"""The values that most callback pages print for the call and the time. The numbers that they print could ring somebody."""
