import base64
import time

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey


def is_genuine(public_key, headers, body):
    try:
        stamp = headers["telnyx-timestamp"]
        signature = base64.b64decode(headers["telnyx-signature-ed25519"], validate=True)
        key = VerifyKey(base64.b64decode(public_key))
        key.verify(stamp.encode() + b"|" + body, signature)
        return stamp.isascii() and stamp.isdigit() and abs(time.time() - int(stamp)) <= 300
    except (KeyError, ValueError, BadSignatureError):
        return False
