"""Faults about time: requests that are recorded, and sent again later."""

from __future__ import annotations

from telnyx_mock.contract.rules.refuses import CHECK_TIME, VERIFY
from telnyx_mock.diagnosis.kind import ACCEPTED, Who
from telnyx_mock.diagnosis.kinds.verification import of_age, of_verifying

AGE = (
    of_age(
        id="ignores-age",
        title="The receiver accepts requests that are a day old.",
        harm="Whoever has recorded a webhook can send it again days later.",
        signs="refuses-timestamp-expired-1d",
        explains="refuses-timestamp-expired-* refuses-timestamp-future-* refuses-timestamp-1970 refuses-replay-expired",
        answers=ACCEPTED,
        single=True,
        who=Who.RECORDER,
        fix=CHECK_TIME.replace("Then refuse", "Refuse"),
    ),
    of_age(
        id="accepts-future",
        title="The receiver accepts timestamps that are far in the future.",
        harm="A webhook that is dated ahead can be sent again until that time.",
        signs="refuses-timestamp-future-1h|refuses-timestamp-future-1d",
        kept="refuses-timestamp-expired-1h",
        explains="refuses-timestamp-future-*",
        answers=ACCEPTED,
        single=True,
        who=Who.RECORDER,
        fix=CHECK_TIME.replace("Then refuse", "Refuse"),
    ),
    of_age(
        id="tolerates-too-much",
        title="The receiver accepts timestamps that are more than five minutes off.",
        harm="Whoever has recorded a webhook can send it again for that long.",
        signs="refuses-timestamp-expired-*|refuses-timestamp-future-*",
        kept="refuses-timestamp-expired-1d",
        explains="refuses-replay-expired",
        answers=ACCEPTED,
        single=True,
        who=Who.RECORDER,
        fix=CHECK_TIME.replace("Then refuse", "Refuse"),
    ),
    of_age(
        id="binds-no-timestamp",
        title="The receiver accepts a signature with another timestamp than it was made for.",
        harm="Whoever has recorded a webhook can date it anew, and send it again.",
        signs="refuses-timestamp-changed|refuses-signature-of-another-second",
        kept="refuses-signature-by-another-key",
        answers=ACCEPTED,
        single=True,
        who=Who.RECORDER,
        fix=VERIFY,
    ),
    of_verifying(
        id="remembers-signatures",
        title="The receiver accepts a known signature with another body.",
        harm="Whoever has recorded a signature can send any body with it.",
        signs="refuses-body-swapped",
        kept="refuses-body-changed",
        answers=ACCEPTED,
        single=True,
        who=Who.RECORDER,
        fix="Verify each request anew; do not remember that a signature was right.",
    ),
    of_verifying(
        id="acknowledges-before-verifying",
        title="The receiver acknowledges what it has seen before, without a verification.",
        harm="An old webhook is acknowledged, which tells its sender what you have seen.",
        signs="refuses-replay-expired",
        explains="handles-event-after-refusal",
        answers=ACCEPTED,
        single=True,
        who=Who.RECORDER,
        fix="Verify first, and look for duplicates then.",
    ),
)
