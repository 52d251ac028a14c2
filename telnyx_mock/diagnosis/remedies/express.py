"""The remedies for receivers in Express, in JavaScript."""

from __future__ import annotations

from telnyx_mock.contract.app_facts import Verifier
from telnyx_mock.diagnosis.remedies.remedy import Remedy

_SDK = """\
const Telnyx = require("telnyx");
const client = new Telnyx({ publicKey: process.env.TELNYX_PUBLIC_KEY });

async function isGenuine(headers, body) {
  try {
    // It throws without a public key, and if the timestamp is older than 300 s.
    await client.webhooks.unwrap(body.toString(), { headers });
    return /^[0-9]+$/.test(headers["telnyx-timestamp"]);
  } catch {
    return false;
  }
}
"""

_CRYPTO = """\
const crypto = require("node:crypto");
const x = Buffer.from(process.env.TELNYX_PUBLIC_KEY, "base64").toString("base64url");
const key = crypto.createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });

function isGenuine(headers, body) {
  const timestamp = headers["telnyx-timestamp"] ?? "";
  const signature = headers["telnyx-signature-ed25519"] ?? "";
  if (!/^[0-9]+$/.test(timestamp) || !/^[A-Za-z0-9+/]{86}==$/.test(signature)) return false;
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false;
  const signed = Buffer.concat([Buffer.from(`${timestamp}|`), body]);
  return crypto.verify(null, signed, key, Buffer.from(signature, "base64"));
}
"""

_HANDLER = """\
// Register it before express.json(): the signature is over the raw bytes.
const raw = express.raw({ type: () => true, limit: "1mb" });
app.post("PATH", raw, async (request, response) => {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  THEN
});
"""

_REFUSE = "if (!(await isGenuine(request.headers, body))) return response.sendStatus(401);"
_VERIFIED = "// Verify the signature first."

_ACKNOWLEDGE = """\
async function handle(event) {
  switch (event?.data?.event_type) {
    case "call.initiated":
      await work(event); // your code; one case for each event that it uses
  }
  return 200; // for all other events, too
}
"""

_DEDUPLICATE = """\
const handled = new Set(); // with several processes: a table with a unique key

async function handle(event) {
  const id = event.data.id;
  if (handled.has(id)) return 200; // a duplicate
  handled.add(id);
  try {
    await work(event); // your code
  } catch (error) {
    handled.delete(id); // the next attempt counts
    throw error;
  }
  return 200;
}
"""

_CATCH = """\
async function handle(event) {
  try {
    await work(event); // your code, which calls the API and throws an error with its status
  } catch (error) {
    const { status } = error;
    // Telnyx delivers again, and then the API may work.
    if (status === undefined || status === 429 || status >= 500) return 503;
  }
  return 200; // another attempt is useless: for example, the call has ended
}
"""

_ESCAPE = """\
const escape = (text) => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

function xml(form) {
  return `<Response><Say>${escape(form.get("From") ?? "")} is calling.</Say></Response>`;
}
"""

_KEEP_STATE = """\
const calls = new Map(); // with several processes: a table that they share

async function handle(event) {
  const key = event.data.payload.call_control_id;
  if (!key) return 200;
  if (!calls.has(key)) calls.set(key, {}); // the event that begins a call may come late, or never
  await work(event, calls.get(key)); // your code
  if (event.data.event_type === "call.hangup") calls.delete(key);
  return 200;
}
"""

_STEPS = {
    Remedy.ACKNOWLEDGE_UNKNOWN: _ACKNOWLEDGE,
    Remedy.DEDUPLICATE: _DEDUPLICATE,
    Remedy.CATCH_API_ERRORS: _CATCH,
    Remedy.KEEP_STATE_PER_CALL: _KEEP_STATE,
}
_PARSE = "const event = JSON.parse(body);"
_HANDLE = "response.sendStatus(await handle(JSON.parse(body)));"
_ANSWER_XML = 'response.type("application/xml").send(xml(new URLSearchParams(body.toString())));'
_WORK_LATER = "work(event).catch(console.error); // your code"


def code(remedy: Remedy, verifier: Verifier, path: str) -> str:
    """Return the code of *remedy*, which uses the official SDK or only what Node has."""
    match remedy:
        case Remedy.VERIFY:
            before = _SDK if verifier is Verifier.SDK else _CRYPTO
            return _composed(before, path, _REFUSE, "response.sendStatus(200);")
        case Remedy.ANSWER_FIRST:
            then = (_VERIFIED, _PARSE, "response.sendStatus(200);", _WORK_LATER)
            return _composed("", path, *then)
        case Remedy.ESCAPE_XML:
            return _composed(_ESCAPE, path, _VERIFIED, _ANSWER_XML)
    return _composed(_STEPS[remedy], path, _VERIFIED, _HANDLE)


def _composed(before: str, path: str, *then: str) -> str:
    """Return *before*, and a handler at *path* with the lines *then*."""
    handler = _HANDLER.replace("PATH", path).replace("THEN", "\n  ".join(then))
    return "\n".join(filter(None, [before, handler]))
