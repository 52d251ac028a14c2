"""The remedies for receivers in Express, in JavaScript."""

from __future__ import annotations

from telnyx_mock.contract.app_facts import Verifier

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
  if (!(await isGenuine(request.headers, body))) return response.sendStatus(401);
  THEN
});
"""


def verify(verifier: Verifier, path: str) -> str:
    """Return code that verifies each request to *path*, with the SDK or with what Node has."""
    return f"{_SDK if verifier is Verifier.SDK else _CRYPTO}\n{handler(path, 'response.sendStatus(200);')}"


def handler(path: str, *then: str) -> str:
    """Return a handler at *path* that refuses what is forged, and has the lines *then* for the rest."""
    return _HANDLER.replace("PATH", path).replace("THEN", "\n  ".join(then))
