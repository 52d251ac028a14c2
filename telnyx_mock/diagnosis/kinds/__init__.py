"""Every kind of fault, in the order in which they are tried: what explains more comes first."""

from __future__ import annotations

from telnyx_mock.diagnosis.kind import FaultKind
from telnyx_mock.diagnosis.kinds.age import AGE
from telnyx_mock.diagnosis.kinds.answers import ANSWERS
from telnyx_mock.diagnosis.kinds.contents import CONTENTS
from telnyx_mock.diagnosis.kinds.effects import EFFECTS
from telnyx_mock.diagnosis.kinds.signatures import SIGNATURES
from telnyx_mock.diagnosis.kinds.verification import VERIFICATION

KINDS: dict[str, FaultKind] = {
    kind.id: kind for kind in (*VERIFICATION, *AGE, *SIGNATURES, *CONTENTS, *EFFECTS, *ANSWERS)
}
