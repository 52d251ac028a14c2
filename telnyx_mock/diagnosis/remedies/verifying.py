"""The function that verifies a request in Python, for each package that can verify."""

from __future__ import annotations

from dataclasses import dataclass

from telnyx_mock.contract.app_facts import Verifier


@dataclass(frozen=True)
class Verifying:
    """The *text* of a function ``is_genuine(headers, body)``, and what it imports.

    It returns False whatever is wrong with a request, and nothing starts without the public key.
    *standard* are modules of the standard library, *package* is the line that imports the package.
    """

    standard: frozenset[str]
    package: str
    text: str


_BY_HAND = """\
KEY = {key}(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))

def is_genuine(headers, body: bytes) -> bool:
    try:
        sent, signature = headers["telnyx-timestamp"], headers["telnyx-signature-ed25519"]
        {verify}
        return sent.isascii() and sent.isdigit() and abs(time.time() - int(sent)) <= 300
    except Exception:  # a part is missing or malformed, or the signature is wrong
        return False
"""

_SDK = """\
client = Telnyx(public_key=os.environ["TELNYX_PUBLIC_KEY"].strip())
unwrap = client.webhooks.unwrap  # load it at start-up: this takes a second

def is_genuine(headers, body: bytes) -> bool:
    try:
        unwrap(body.decode(), headers=dict(headers))  # refuses what is older than 300 s, too
        return re.fullmatch("[0-9]+", headers["telnyx-timestamp"]) is not None
    except Exception:  # a part is missing or malformed, or the signature is wrong
        return False
"""

_STANDARD = frozenset({"base64", "os", "time"})

PYNACL = Verifying(
    _STANDARD,
    "from nacl.signing import VerifyKey  # pip install pynacl",
    _BY_HAND.format(
        key="VerifyKey",
        verify='KEY.verify(f"{sent}|".encode() + body, base64.b64decode(signature, validate=True))',
    ),
)

VERIFYING = {
    Verifier.SDK: Verifying(
        frozenset({"os", "re"}), 'from telnyx import Telnyx  # pip install "telnyx[webhooks]"', _SDK
    ),
    Verifier.PYNACL: PYNACL,
    Verifier.CRYPTOGRAPHY: Verifying(
        _STANDARD,
        "from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey",
        _BY_HAND.format(
            key="Ed25519PublicKey.from_public_bytes",
            verify='KEY.verify(base64.b64decode(signature, validate=True), f"{sent}|".encode() + body)',
        ),
    ),
    Verifier.UNKNOWN: PYNACL,
}
"""How to verify with each package; with PyNaCl if the app uses none of them."""
