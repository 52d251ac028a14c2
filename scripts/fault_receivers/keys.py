"""A correct receiver, which several public keys may sign for."""

import base64
import os
import time

from flask import Flask, request
from nacl.signing import VerifyKey


def make_app(keys=None):
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    trusted = read_keys([os.environ["TELNYX_PUBLIC_KEY"]] if keys is None else keys)

    @app.post("/webhooks")
    def webhooks():
        if not is_genuine(trusted, request.headers, request.get_data()):
            return "", 401
        return "", 200

    return app


def read_keys(texts):
    return [VerifyKey(base64.b64decode(text.strip("\"' \n"), validate=True)) for text in texts]


def is_genuine(trusted, headers, body):
    return any(is_signed(key, headers, body) for key in trusted)


def is_signed(key, headers, body):
    try:
        sent = headers["telnyx-timestamp"]
        signature = base64.b64decode(headers["telnyx-signature-ed25519"], validate=True)
        key.verify(f"{sent}|".encode() + body, signature)
        return sent.isascii() and sent.isdigit() and abs(time.time() - int(sent)) <= 300
    except Exception:  # a part is missing or malformed, or the signature is wrong
        return False
