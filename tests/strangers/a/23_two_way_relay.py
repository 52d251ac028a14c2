"""Two-way SMS relay: customers text the shop's number, the owner answers from a phone.

What a customer texts is forwarded to OWNER_PHONE; what the owner texts goes back to the
customer.
"""
import base64
import json
import logging
import os
import sqlite3
import tempfile
import threading
import time

from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import JSONResponse
from telnyx import APIError, Telnyx

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    def check(key: bytes, signature: bytes, message: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        except InvalidSignature:
            return False
        return True
except ImportError:  # slim image: libsodium only
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    def check(key: bytes, signature: bytes, message: bytes) -> bool:
        try:
            VerifyKey(key).verify(message, signature)
        except BadSignatureError:
            return False
        return True

PATH = "/relay/inbound"
SHOP_NUMBER = os.getenv("SHOP_NUMBER", "+13125550170")
OWNER_PHONE = os.getenv("OWNER_PHONE", "+13125550171")
AUDIT_FILE = os.getenv("AUDIT_FILE", os.path.join(tempfile.gettempdir(), "relay-audit.log"))

log = logging.getLogger("relay")
app = FastAPI()
client = Telnyx(timeout=6.0, max_retries=1)
last_customer = None

db_lock = threading.Lock()
db = sqlite3.connect(os.path.join(tempfile.mkdtemp(prefix="relay-"), "relay.db"), check_same_thread=False)
db.executescript(
    """
    CREATE TABLE messages (
        event_id VARCHAR(64) PRIMARY KEY,
        sender   VARCHAR(32) NOT NULL,
        body     VARCHAR(160) NOT NULL CHECK (length(body) <= 160)
    );
    """
)


def verified(raw: bytes, request: Request) -> bool:
    timestamp = request.headers.get("telnyx-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 13):
        return False
    if abs(time.time() - int(timestamp)) > 300:
        return False
    try:
        signature = base64.b64decode(request.headers.get("telnyx-signature-ed25519", ""), validate=True)
        return check(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]), signature, timestamp.encode() + b"|" + raw)
    except ValueError:
        return False


def save(event_id: str, sender: str, body: str) -> bool:
    try:
        with db_lock, db:
            db.execute("INSERT INTO messages VALUES (?, ?, ?)", (event_id, sender, body))
    except sqlite3.IntegrityError:
        return False  # delivered before
    return True


def audit(sender: str, body: str) -> None:
    with open(AUDIT_FILE, "a", encoding="latin-1") as out:
        out.write(f"{int(time.time())} {sender} {body!r}\n")


def send(to: str, text: str) -> None:
    try:
        client.messages.send(from_=SHOP_NUMBER, to=to, text=text)
    except APIError as exc:
        log.error("relay to %s failed: %s", to, exc)


@app.post(PATH)
async def inbound(request: Request, background: BackgroundTasks):
    global last_customer
    raw = await request.body()
    if not verified(raw, request):
        return JSONResponse({"error": "invalid signature"}, status_code=401)

    data = json.loads(raw).get("data") or {}
    if data.get("event_type") != "message.received":
        return {"status": "ignored"}
    payload = data.get("payload") or {}
    origin = payload.get("from")
    sender = origin.get("phone_number") if isinstance(origin, dict) else origin
    body = (payload.get("text") or "(picture)").encode("utf-8", "replace").decode()
    if not sender or not save(str(data.get("id")), sender, body):
        return {"status": "ignored"}

    audit(sender, body)
    if sender == OWNER_PHONE:
        if last_customer:
            background.add_task(send, last_customer, body)
    else:
        last_customer = sender
        background.add_task(send, OWNER_PHONE, f"{sender}: {body}")
    return {"status": "relayed"}
