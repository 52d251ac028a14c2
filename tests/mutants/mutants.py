"""Mutants of ``receiver.py``: each is correct but for one change, as people make it.

A mutant names the check that is known to find it. One with a *reason* need not be found by an
error or a warning: it is equivalent, or there is advice, as where only who has Telnyx's key could
make use of it. And some cannot be *judged*: it may be a fault or what somebody wants, and nothing
that is seen from outside tells which. The check they name is the one that comes nearest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.kill import PATIENT

__all__ = ["GROUPS", "MUTANTS", "SOURCE", "Mutant"]

HANDLED = {
    "initiated": "call.initiated",
    "answered": "call.answered",
    "hung_up": "call.hangup",
    "received": "message.received",
    "texml": "texml.call.completed",
}
"""What a function of the receiver handles."""

SOURCE = (Path(__file__).parent / "receiver.py").read_text()


@dataclass(frozen=True, slots=True)
class Mutant:
    """The receiver with *new* instead of *old*, which *check* finds; empty where nothing does.

    *deadline* is in seconds.
    """

    name: str
    check: str
    old: str
    new: str
    reason: str = ""
    deadline: float = PATIENT
    judged: bool = True

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """The mutant itself. Raises ValueError where *old* is not there once, or nothing changes."""
        if SOURCE.count(self.old) != 1 or self.old == self.new:
            raise ValueError(f"{self.name}: {self.old!r} is there {SOURCE.count(self.old)} times")
        return SOURCE.replace(self.old, self.new)

    @property
    def event(self) -> str:
        """The event whose handler is changed; empty where it is another place."""
        before = SOURCE.partition(self.old)[0]
        functions = ["", *re.findall(r"^(?:async )?def (\w+)", before, re.MULTILINE)]
        return HANDLED.get(functions[-1], "")


def _mutant(check: str, name: str, old: str, new: str, reason: str = "") -> Mutant:
    return Mutant(name, check, old, new, reason)


def _unjudged(check: str, name: str, old: str, new: str, reason: str) -> Mutant:
    return Mutant(name, check, old, new, reason, judged=False)


def _slow(check: str, name: str, old: str, new: str) -> Mutant:
    """One that takes 0.4 s where 0.2 s are allowed."""
    return Mutant(name, check, old, new, deadline=0.2)


KEY_LINE = 'KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))'
WITHOUT_KEY = f"""try:
    {KEY_LINE}
except (ERRORS):
    class KEY:
        verify = staticmethod(lambda message, signature: message)
"""
KEY_HOLDER = "Only who has Telnyx's key could make use of it"

VERIFY = 'KEY.verify(timestamp.encode() + b"|" + body, signature)'
DECODE = 'base64.b64decode(headers.get("telnyx-signature-ed25519", ""), validate=True)'
CALL_VERIFY = "        verify(headers, body)\n"
NUMBER = 'if not re.fullmatch("[0-9]{1,20}", timestamp):'
AGE = "if abs(time.time() - int(timestamp)) > TOLERANCE:"
STAMP = 'timestamp = headers.get("telnyx-timestamp", "")'
BAD_SIGNATURE = "    except BadSignatureError:\n        raise Refused from None"
UNDECODABLE = """    except ValueError:
        raise Refused from None
    if len"""
HEADERS = (
    'headers = {name.decode("latin-1"): value.decode("latin-1") '
    'for name, value in scope["headers"]}'
)
SEEN = "    if event_id in seen:\n        return 200\n    seen.add(event_id)\n"
POST = "await api.post(path, json=parameters)"
HANDLE = "    command = handle("

GROUPS: Mapping[str, tuple[Mutant, ...]] = {
    "the signature is not verified, or not always": (
        _mutant("refuses-signature-missing", "never verifies", CALL_VERIFY, ""),
        _mutant(
            "refuses-signature-by-another-key", "decodes, and never verifies", VERIFY, "len(body)"
        ),
        _mutant(
            "refuses-signature-by-another-key",
            "goes on when the signature is bad",
            BAD_SIGNATURE,
            "    except BadSignatureError:\n        pass",
        ),
        _mutant(
            "refuses-signature-missing",
            "verifies only what is signed",
            CALL_VERIFY,
            '        if "telnyx-signature-ed25519" in headers:\n            verify(headers, body)\n',
        ),
        _mutant(
            "refuses-headers-missing",
            "takes what has neither header for a test by hand",
            CALL_VERIFY,
            '        if headers.keys() & {"telnyx-signature-ed25519", "telnyx-timestamp"}:\n'
            "            verify(headers, body)\n",
        ),
        _mutant(
            "refuses-signature-by-another-key",
            "does not verify in one of its handlers",
            CALL_VERIFY,
            "        if b'\"call.hangup\"' not in body:\n            verify(headers, body)\n",
        ),
        _mutant(
            "refuses-headers-missing-as-text",
            "verifies what calls itself JSON or a form",
            CALL_VERIFY,
            '        if re.search("json|form", headers.get("content-type", "")):\n'
            "            verify(headers, body)\n",
        ),
        _mutant(
            "refuses-signature-empty",
            "takes an empty signature for none to verify",
            CALL_VERIFY,
            '        if headers.get("telnyx-signature-ed25519") != "":\n'
            "            verify(headers, body)\n",
        ),
        _mutant(
            "refuses-timestamp-missing",
            "verifies only what is dated",
            CALL_VERIFY,
            '        if "telnyx-timestamp" in headers:\n            verify(headers, body)\n',
        ),
        _mutant(
            "refuses-signature-missing",
            "verifies JSON alone",
            CALL_VERIFY,
            '        if "json" in headers.get("content-type", ""):\n'
            "            verify(headers, body)\n",
        ),
        _mutant(
            "refuses-signature-missing",
            "verifies forms alone",
            CALL_VERIFY,
            '        if "form" in headers.get("content-type", ""):\n'
            "            verify(headers, body)\n",
        ),
        _mutant(
            "refuses-signature-missing",
            "verifies voice alone",
            CALL_VERIFY,
            '        if b"call" in body or b"CallSid" in body:\n            verify(headers, body)\n',
        ),
        _mutant(
            "refuses-signature-missing",
            "notes what it refuses, and acts on it all the same",
            "    except Refused:\n        return 401",
            "    except Refused:\n        event = parse(headers.get('content-type', ''), body)",
        ),
        _mutant(
            "refuses-signature-missing",
            "acknowledges what it refuses",
            "return 401",
            "return 200",
        ),
        _mutant(
            "refuses-body-empty",
            "does not verify an empty body",
            CALL_VERIFY,
            "        if body:\n            verify(headers, body)\n",
        ),
        _mutant(
            "refuses-body-swapped",
            "does not verify again what carries a good signature",
            "        raise Refused from None\n\n\ndef parse",
            "        if signature.hex() not in seen:\n"
            "            raise Refused from None\n"
            "    seen.add(signature.hex())\n\n\ndef parse",
        ),
    ),
    "the key is missing": (
        _mutant(
            "fails-closed",
            "lets everything in while it has no key",
            KEY_LINE,
            WITHOUT_KEY.replace("ERRORS", "KeyError"),
        ),
        _mutant(
            "fails-closed",
            "lets everything in while it cannot read its key",
            KEY_LINE,
            WITHOUT_KEY.replace("ERRORS", "ValueError, TypeError"),
        ),
        _mutant(
            "serves-something",
            "verifies with another account's key",
            KEY_LINE,
            "KEY = __import__('nacl.signing').signing.SigningKey.generate().verify_key",
        ),
    ),
    "another message is verified": (
        _mutant("serves-something", "separates by a dot", 'b"|"', 'b"."'),
        _mutant("serves-something", "leaves the separator out", 'b"|" + ', ""),
        _mutant("serves-something", "verifies the body alone", 'timestamp.encode() + b"|" + ', ""),
        _mutant("serves-something", "verifies the timestamp alone", ' + b"|" + body', ""),
        _mutant(
            "serves-something",
            "turns body and timestamp round",
            'timestamp.encode() + b"|" + body',
            'body + b"|" + timestamp.encode()',
        ),
        _mutant(
            "accepts-layouts",
            "verifies what it parsed and wrote anew",
            VERIFY,
            'anew = json.dumps(json.loads(body), separators=(",", ":")) if body[:1] == b"{" else ""\n'
            '        KEY.verify(timestamp.encode() + b"|" + (anew.encode() or body), signature)',
        ),
        _mutant(
            "accepts-layouts",
            "verifies the form as it would write it",
            VERIFY,
            "from urllib.parse import urlencode\n"
            '        anew = urlencode(parse_qsl(body.decode("latin-1"))).encode()\n'
            '        signed = body if body[:1] == b"{" else anew\n'
            '        KEY.verify(timestamp.encode() + b"|" + signed, signature)',
        ),
        _mutant(
            "refuses-body-blank-added",
            "strips the body before it verifies",
            VERIFY,
            'KEY.verify(timestamp.encode() + b"|" + body.strip(), signature)',
        ),
        _mutant(
            "accepts-layouts",
            "verifies ASCII alone",
            VERIFY,
            'KEY.verify(timestamp.encode() + b"|" + body.decode("ascii", "ignore").encode(), '
            "signature)",
        ),
        _mutant(
            "refuses-body-with-bom",
            "decodes with utf-8-sig before it verifies",
            VERIFY,
            'KEY.verify(timestamp.encode() + b"|" + body.decode("utf-8-sig", "replace").encode(), '
            "signature)",
        ),
        _mutant(
            "refuses-timestamp-zeros",
            "verifies the timestamp as it would write it",
            "timestamp.encode()",
            "str(int(timestamp)).encode()",
        ),
        _mutant(
            "refuses-signature-with-dot",
            "accepts a dot as well",
            BAD_SIGNATURE,
            "    except BadSignatureError:\n"
            "        try:\n"
            '            KEY.verify(timestamp.encode() + b"." + body, signature)\n'
            "        except BadSignatureError:\n"
            "            raise Refused from None",
            KEY_HOLDER,
        ),
        _mutant(
            "refuses-signature-over-body-only",
            "accepts a signature of the body as well",
            BAD_SIGNATURE,
            "    except BadSignatureError:\n"
            "        try:\n"
            "            KEY.verify(body, signature)\n"
            "        except BadSignatureError:\n"
            "            raise Refused from None",
            KEY_HOLDER,
        ),
    ),
    "the signature is decoded otherwise": (
        _mutant(
            "refuses-signature-not-base64",
            "lets base64 it cannot decode through",
            UNDECODABLE,
            "    except ValueError:\n        return\n    if len",
        ),
        _mutant(
            "refuses-signature-not-base64",
            "does not catch what decoding raises",
            UNDECODABLE,
            "    except KeyError:\n        raise Refused from None\n    if len",
        ),
        _mutant(
            "refuses-signature-blank",
            "catches binascii.Error, which is not raised for non-ASCII text",
            UNDECODABLE,
            "    except __import__('binascii').Error:\n        raise Refused from None\n    if len",
        ),
        _mutant(
            "",
            "skips what is not base64",
            ", validate=True)\n    except ValueError:\n        raise",
            ")\n    except ValueError:\n        raise",
            "The same signature in another spelling is as genuine, and replays are told by data.id",
        ),
        _mutant(
            "serves-something",
            "expects hex",
            DECODE,
            DECODE.replace("base64.b64decode(", "bytes.fromhex(").replace(", validate=True", ""),
        ),
        _mutant(
            "refuses-signature-truncated",
            "leaves the length to PyNaCl, which raises ValueError",
            "    if len(signature) != 64:\n        raise Refused\n",
            "",
        ),
        _mutant(
            "refuses-signature-truncated",
            "lets another length through",
            "    if len(signature) != 64:\n        raise Refused\n",
            "    if len(signature) != 64:\n        return\n",
        ),
        _mutant(
            "refuses-signature-63-bytes",
            "minds long signatures alone",
            "len(signature) != 64",
            "len(signature) > 64",
        ),
        _mutant(
            "refuses-signature-65-bytes",
            "minds short signatures alone",
            "len(signature) != 64",
            "len(signature) < 64",
        ),
        _mutant(
            "refuses-signature-65-bytes",
            "reads the first 64 bytes",
            "validate=True)\n    except ValueError:\n        raise R",
            "validate=True)[:64]\n    except ValueError:\n        raise R",
        ),
        _mutant(
            "refuses-signature-all-zero",
            "lets a placeholder through",
            "    if len(signature) != 64:\n",
            "    if signature == bytes(64):\n        return\n    if len(signature) != 64:\n",
        ),
        _mutant(
            "refuses-signature-by-another-key",
            "catches another error than is raised",
            "    except BadSignatureError:",
            "    except KeyError:",
        ),
        _mutant(
            "refuses-signature-non-canonical",
            "verifies S modulo the order of the group",
            "    if len(signature) != 64:\n        raise Refused\n",
            "    if len(signature) != 64:\n        raise Refused\n"
            "    order = 2**252 + 27742317777372353535851937790883648493\n"
            '    s = int.from_bytes(signature[32:], "little") % order\n'
            '    signature = signature[:32] + s.to_bytes(32, "little")\n',
        ),
    ),
    "headers": (
        _mutant(
            "refuses-signature-missing",
            "indexes the signature",
            'headers.get("telnyx-signature-ed25519", "")',
            'headers["telnyx-signature-ed25519"]',
        ),
        _mutant(
            "refuses-timestamp-missing",
            "indexes the timestamp",
            'headers.get("telnyx-timestamp", "")',
            'headers["telnyx-timestamp"]',
        ),
        _mutant(
            "serves-something",
            "reads the signature of the old scheme",
            '"telnyx-signature-ed25519"',
            '"x-telnyx-signature"',
        ),
        _mutant(
            "serves-something",
            "reads Standard Webhooks' timestamp",
            '"telnyx-timestamp"',
            '"webhook-timestamp"',
        ),
        _mutant(
            "serves-something",
            "looks up Telnyx-Signature-Ed25519 as the guides write it",
            '"telnyx-signature-ed25519"',
            '"Telnyx-Signature-Ed25519"',
        ),
        _mutant(
            "survives-signature-good-then-bad",
            "fails where a header comes twice",
            '    body = b""\n',
            "    assert len(headers) == len(scope['headers'])\n    body = b\"\"\n",
        ),
        _mutant(
            "",
            "takes the first of two headers",
            HEADERS,
            HEADERS.replace('scope["headers"]', 'reversed(scope["headers"])'),
            "Either of the two may be taken, as long as what it verifies is what it reads",
        ),
        _mutant(
            "refuses-signature-blank",
            "decodes headers as ASCII",
            'value.decode("latin-1")',
            'value.decode("ascii")',
        ),
        _mutant(
            "accepts-headers",
            "compares the content type with its parameters",
            'content_type.partition(";")[0].strip().lower()',
            "content_type",
        ),
        _mutant(
            "accepts-headers",
            "refuses a charset",
            "    media_type = ",
            '    if "charset" in content_type:\n        raise Malformed\n    media_type = ',
        ),
    ),
    "the timestamp": (
        _mutant(
            "refuses-timestamp-expired-1h",
            "does not look at the age",
            f"    {AGE}\n        raise Refused\n",
            "",
        ),
        _mutant(
            "refuses-timestamp-expired-1h",
            "accepts any past",
            AGE,
            AGE.replace("abs(time.time() - int(timestamp))", "int(timestamp) - time.time()"),
        ),
        _mutant("refuses-timestamp-future-1h", "accepts any future", AGE, AGE.replace("abs", "")),
        _mutant(
            "refuses-timestamp-nan-signed",
            "reads any number, NaN too",
            f"    {NUMBER}\n        raise Refused\n    {AGE}\n        raise Refused\n",
            "    try:\n"
            "        age = abs(time.time() - float(timestamp))\n"
            "    except ValueError:\n"
            "        raise Refused from None\n"
            "    if age > TOLERANCE:\n"
            "        raise Refused\n",
            KEY_HOLDER,
        ),
        _mutant(
            "refuses-timestamp-expired-1h", "allows hours", "TOLERANCE = 300", "TOLERANCE = 18000"
        ),
        _mutant(
            "refuses-timestamp-expired-10m",
            "allows half an hour",
            "TOLERANCE = 300",
            "TOLERANCE = 1800",
        ),
        _mutant(
            "refuses-timestamp-future-310s",
            "allows six minutes",
            "TOLERANCE = 300",
            "TOLERANCE = 360",
        ),
        _mutant("accepts-clock-skew", "allows a minute", "TOLERANCE = 300", "TOLERANCE = 60"),
        _mutant("accepts-clock-skew", "allows a second", "TOLERANCE = 300", "TOLERANCE = 1"),
        _mutant(
            "accepts-clock-skew",
            "accepts no future",
            AGE,
            "if not 0 <= time.time() - int(timestamp) <= TOLERANCE:",
        ),
        _mutant(
            "serves-something",
            "takes the timestamp for milliseconds",
            "int(timestamp))",
            "int(timestamp) / 1000)",
        ),
        _mutant(
            "serves-something",
            "compares with its own clock in milliseconds",
            "time.time() -",
            "time.time() * 1000 -",
        ),
        _mutant(
            "refuses-timestamp-expired-1h",
            "allows 300,000 s, for it thinks in milliseconds",
            "> TOLERANCE:",
            "> TOLERANCE * 1000:",
        ),
        _mutant(
            "serves-something",
            "counts from another clock",
            "time.time() -",
            "time.monotonic() -",
        ),
        _mutant(
            "refuses-timestamp-not-a-number",
            "does not look whether it is a number",
            f"    {NUMBER}\n        raise Refused\n",
            "",
        ),
        _mutant(
            "refuses-timestamp-not-a-number",
            "accepts what is no number",
            f"    {NUMBER}\n        raise Refused\n",
            f"    {NUMBER}\n        return\n",
        ),
        _mutant(
            "refuses-timestamp-empty",
            "accepts an empty one",
            f"    {NUMBER}\n",
            f'    if headers.get("telnyx-timestamp") == "":\n        return\n    {NUMBER}\n',
        ),
        _mutant(
            "refuses-timestamp-5000-digits",
            "takes any number of digits",
            '"[0-9]{1,20}"',
            '"[0-9]+"',
        ),
        _mutant(
            "refuses-timestamp-superscript",
            "asks isdigit()",
            NUMBER,
            "if not timestamp.isdigit() or len(timestamp) > 20:",
        ),
        _mutant(
            "",
            "asks isdecimal()",
            NUMBER,
            "if not timestamp.isdecimal() or len(timestamp) > 20:",
            "Digits of other scripts are signed as sent, so they have to be genuine",
        ),
        _mutant(
            "refuses-timestamp-1970",
            "looks at the age of numbers above zero alone",
            AGE,
            f"if int(timestamp) > 0 and {AGE.removeprefix('if ')}",
            "It needs zero, signed",
        ),
        _mutant(
            "refuses-timestamp-changed",
            "dates by the body",
            'b"|" + body, signature)',
            'b"|" + body, signature) if len(timestamp) < 5 else None',
        ),
    ),
    "it parses first, or fails to parse": (
        _mutant(
            "survives-junk",
            "parses before it verifies",
            f"{CALL_VERIFY}        event = parse(",
            f"        json.loads(body or b'x')\n{CALL_VERIFY}        event = parse(",
        ),
        _mutant(
            "survives-junk",
            "decodes before it verifies",
            CALL_VERIFY,
            f"        body.decode()\n{CALL_VERIFY}",
        ),
        _mutant(
            "survives-junk",
            "looks at the event before it verifies",
            CALL_VERIFY,
            "        if body[:1] == b'n':\n            json.loads(body)['data']\n" + CALL_VERIFY,
        ),
        _mutant(
            "survives-json-cut",
            "does not catch what parsing raises",
            "    except (ValueError, RecursionError):\n        raise Malformed from None",
            "    except KeyError:\n        raise Malformed from None",
            KEY_HOLDER,
        ),
        _mutant(
            "survives-json-list",
            "takes any JSON for an object",
            "    if not isinstance(event, dict):\n        raise Malformed\n",
            "",
            KEY_HOLDER,
        ),
        _mutant(
            "accepts-sample",
            "expects JSON from TeXML",
            'if media_type == "application/x-www-form-urlencoded":',
            "if False:",
        ),
        _unjudged(
            "accepts-sample",
            "expects forms alone",
            'if media_type == "application/x-www-form-urlencoded":',
            "if True:",
            "It acknowledges what it does not understand, as is right for events that an app has no use "
            "for; only the app knows which those are",
        ),
        _mutant(
            "",
            "drops fields of a form that are blank",
            ", keep_blank_values=True",
            "",
            "What is missing is read as if it were blank",
        ),
        _mutant(
            "accepts-each-choice",
            "reads forms as ASCII",
            "dict(parse_qsl(body.decode(), keep_blank_values=True))",
            'dict(parse_qsl(body.decode(), keep_blank_values=True, encoding="ascii", errors="strict"))',
        ),
    ),
    "other methods and sizes": (
        _mutant(
            "survives-methods",
            "fails at other methods",
            '    if scope["method"] != "POST":\n        return 405\n',
            '    assert scope["method"] == "POST"\n',
        ),
        _mutant(
            "",
            "takes other methods for POST",
            '    if scope["method"] != "POST":\n        return 405\n',
            "",
            "What is signed is genuine, by whatever method it comes, and all else is refused",
        ),
        _mutant("survives-large", "fails at a large body", "return 413", "raise BufferError"),
        _mutant(
            "",
            "reads bodies of any size",
            "        if len(body) > LARGEST:\n            return 413\n",
            "",
            "What it costs to read them shows on no scale of a test",
        ),
        _mutant(
            "accepts-each-choice",
            "has room for 1,000 bytes of body",
            "LARGEST = 1 << 20",
            "LARGEST = 1000",
        ),
        _mutant("survives-large", "acknowledges what is too large", "return 413", "return 200"),
    ),
    "a field is taken for granted": (
        _mutant(
            "accepts-absent",
            "indexes the kind of caller",
            'text(call, "calling_party_type").upper()',
            'call["calling_party_type"].upper()',
        ),
        _mutant(
            "accepts-absent",
            "indexes the SIP address",
            'text(call, "from_sip_uri").rpartition',
            'call["from_sip_uri"].rpartition',
        ),
        _mutant(
            "accepts-null",
            "decodes a client_state that is null",
            'decoded(text(call, "client_state"))',
            'decoded(call.get("client_state", ""))',
        ),
        _mutant(
            "accepts-absent",
            "indexes client_state",
            'decoded(text(call, "client_state"))',
            'decoded(call["client_state"] or "")',
        ),
        _mutant(
            "accepts-absent",
            "indexes the statistics",
            'members(members(call, "call_quality_stats"), "inbound")',
            '(call["call_quality_stats"] or {}).get("inbound", {})',
        ),
        _mutant(
            "accepts-null",
            "takes statistics that are null for an object",
            'members(members(call, "call_quality_stats"), "inbound")',
            'call.get("call_quality_stats", {}).get("inbound", {})',
        ),
        _mutant(
            "accepts-generated",
            "indexes within the statistics",
            'number(quality.get("mos"))',
            'float(quality["mos"]) if quality else 0.0',
        ),
        _mutant(
            "accepts-null",
            "takes an error that is null for an object",
            'text(members(call, "telnyx_error"), "code")',
            'str(call.get("telnyx_error", {}).get("code"))',
        ),
        _mutant(
            "accepts-null",
            "takes a cost that is null for an object",
            'members(message, "cost").get("amount")',
            'message.get("cost", {}).get("amount")',
        ),
        _mutant(
            "accepts-absent",
            "indexes the cost",
            'members(message, "cost").get("amount")',
            '(message["cost"] or {}).get("amount")',
        ),
        _mutant(
            "accepts-null",
            "strips a subject that is null",
            'text(message, "subject").strip()',
            'message.get("subject", "").strip()',
        ),
        _mutant(
            "accepts-absent",
            "indexes the carrier",
            'text(members(message, "from"), "carrier")',
            'message["from"]["carrier"]',
        ),
        _mutant(
            "accepts-absent",
            "indexes a field of the form",
            'number(text(call, "CallDuration"))',
            'number(call["CallDuration"])',
        ),
        _mutant(
            "accepts-sample",
            "indexes a field that comes only at times",
            'text(call, "stream_url").partition("://")[0]',
            'call["stream_url"].partition("://")[0]',
        ),
        _mutant(
            "accepts-absent",
            "indexes meta",
            '    data = members(event, "data")\n',
            '    data = members(event, "data")\n    event["meta"]["attempt"]\n',
        ),
        _mutant(
            "accepts-each-choice",
            "indexes the details of an error",
            '[text(error, "detail") for',
            '[error["detail"] for',
        ),
        _mutant(
            "accepts-each-choice",
            "indexes the size of a picture",
            'number(medium.get("size"))',
            'number(medium["size"])',
        ),
        _mutant(
            "survives-json-data-missing",
            "indexes data",
            '    data = members(event, "data")\n',
            '    data = event["data"]\n',
            KEY_HOLDER,
        ),
        _mutant(
            "survives-json-payload-missing",
            "indexes the payload",
            'handle(members(data, "payload"))',
            'handle(data["payload"])',
            KEY_HOLDER,
        ),
    ),
    "a value is taken to be the usual one": (
        _mutant(
            "accepts-each-choice",
            "knows some causes of a hangup",
            'CAUSES.get(text(call, "hangup_cause"), "failed")',
            'CAUSES[text(call, "hangup_cause")]',
        ),
        _mutant(
            "accepts-each-choice",
            "knows some grades of attestation",
            '{"A": 3, "B": 2, "C": 1}.get(text(call, "shaken_stir_attestation"), 0)',
            '{"A": 3, "": 0}[text(call, "shaken_stir_attestation")]',
        ),
        _mutant(
            "accepts-new-values",
            "knows every cause of a hangup that there is today",
            'CAUSES.get(text(call, "hangup_cause"), "failed")',
            "dict.fromkeys('normal_clearing call_rejected originator_cancel timeout time_limit '\n"
            "            'user_busy not_found no_answer unspecified'.split(), 'known')"
            '[text(call, "hangup_cause") or "unspecified"]',
            "Nobody can say whether Telnyx will ever send another",
        ),
        _mutant(
            "accepts-each-choice",
            "knows incoming calls alone",
            'text(call, "direction") == "incoming" else None',
            '{"incoming": True}[text(call, "direction")] else None',
        ),
        _mutant(
            "accepts-each-choice",
            "takes every SIP cause for a number",
            'int(sip_status) if re.fullmatch("[1-6][0-9]{2}", sip_status) else 0',
            "int(sip_status)",
        ),
        _mutant(
            "accepts-each-choice",
            "takes every caller for a number",
            '"caller": party(text(call, "from")),',
            '"caller": int(party(text(call, "from")).removeprefix("+")),',
        ),
        _mutant(
            "accepts-each-choice",
            "expects text in client_state",
            'decode("utf-8", "replace")\n    except ValueError:\n        return ""',
            'decode()\n    except KeyError:\n        return ""',
        ),
        _mutant(
            "accepts-each-choice",
            "expects JSON in client_state",
            '"state": decoded(text(call, "client_state")),',
            '"state": {"have a nice day =]": 1}[decoded(text(call, "client_state"))]'
            ' if text(call, "client_state") else "",',
        ),
        _mutant(
            "accepts-each-choice",
            "keeps names in a narrow column",
            'text(call, "caller_id_name")[:64]',
            'narrow if len(narrow := text(call, "caller_id_name")) <= 40 else narrow[40:].pop()',
        ),
        _mutant(
            "accepts-each-choice",
            "writes names down as ASCII",
            'text(call, "caller_id_name")[:64]',
            'text(call, "caller_id_name").encode("ascii")',
        ),
        _mutant(
            "accepts-each-choice",
            "indexes the first word of a message",
            'text(message, "text").split()',
            'text(message, "text").split()[0]',
        ),
        _mutant(
            "accepts-each-choice",
            "writes messages down as ASCII",
            'text(message, "text").split()',
            'text(message, "text").encode("ascii").split()',
        ),
        _mutant(
            "accepts-each-choice",
            "expects a list of recipients",
            'text(to[0], "phone_number") if to else text(message, "to")',
            'text(to[0], "phone_number")',
        ),
        _mutant(
            "accepts-each-choice",
            "expects one picture at the most",
            '"pictures": [text(medium, "url") for medium in items(message, "media")],',
            '"pictures": [text(medium, "url") for [medium] in [items(message, "media") or [{}]]],',
        ),
        _mutant(
            "accepts-sample",
            "expects a picture",
            '"pictures": [text(medium, "url") for medium in items(message, "media")],',
            '"pictures": items(message, "media")[0],',
        ),
        _mutant(
            "accepts-sample",
            "reads times without a fraction",
            "datetime.fromisoformat(value)\n    except ValueError:",
            'datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")\n    except KeyError:',
        ),
        _mutant(
            "accepts-each-choice",
            "reads times with a fraction alone",
            'instant(text(call, "end_time"))\n',
            'datetime.strptime(text(call, "end_time"), "%Y-%m-%dT%H:%M:%S.%f%z")\n',
        ),
        _mutant(
            "accepts-each-choice",
            "divides by the length of the call",
            '"seconds": (ended - began).total_seconds(),',
            '"seconds": 1 / (ended - began).total_seconds(),',
        ),
        _mutant(
            "accepts-each-choice",
            "divides by the sampling rate",
            'number(call.get("sampling_rate")) / 1000',
            '1000 / number(call.get("sampling_rate"))',
        ),
        _mutant(
            "accepts-sample",
            "takes the sender for a text",
            'sender = text(members(message, "from"), "phone_number")',
            'sender = message["from"].strip()',
        ),
        _mutant(
            "accepts-each-choice",
            "minds the letter of a tag",
            '"rate": number',
            '"known": {"tag-01": 1}[(items(call, "tags") or ["tag-01"])[0]],\n'
            '            "rate": number',
        ),
        _mutant(
            "accepts-each-choice",
            "knows some ends of a TeXML call",
            '"status": text(call, "CallStatus"),',
            '"status": {"completed": 1, "busy": 2}[text(call, "CallStatus")],',
        ),
        _mutant(
            "survives-json-fields-numbers",
            "takes every text for one",
            'return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""',
            'return (value or "").encode("utf-8", "replace").decode()',
            KEY_HOLDER,
        ),
        _mutant(
            "survives-json-lone-surrogates",
            "encodes strictly",
            'value.encode("utf-8", "replace")',
            "value.encode()",
            KEY_HOLDER,
        ),
    ),
    "what it does not know": (
        _mutant(
            "accepts-unknown-event",
            "refuses events that it does not know",
            "    if handle is None:\n        return 200\n",
            "    if handle is None:\n        return 422\n",
        ),
        _mutant(
            "accepts-unknown-event",
            "indexes its handlers",
            'HANDLERS.get(text(data, "event_type"))',
            'HANDLERS[text(data, "event_type")]',
        ),
        _mutant(
            "accepts-unknown-fields",
            "refuses fields that it does not know",
            '    data = members(event, "data")\n',
            '    data = members(event, "data")\n'
            '    if data.keys() - {"record_type", "event_type", "id", "occurred_at", "payload"}:\n'
            "        return 422\n",
        ),
        _mutant(
            "accepts-unknown-fields",
            "refuses fields of meta that it does not know",
            '    data = members(event, "data")\n',
            '    data = members(event, "data")\n'
            '    if members(event, "meta").keys() - {"attempt", "delivered_to"}:\n'
            "        return 422\n",
        ),
        _mutant(
            "accepts-unknown-fields",
            "unpacks a sender's fields one by one",
            'sender = text(members(message, "from"), "phone_number")',
            "sender = (lambda phone_number, carrier='', line_type='', status='': phone_number)"
            '(**members(message, "from"))',
        ),
    ),
    "status codes": (
        _mutant(
            "accepts-sample",
            "answers 202",
            "    return await act(event)",
            "    return {200: 202}.get(s := await act(event), s)",
        ),
        _mutant(
            "accepts-sample",
            "answers 204",
            "    return await act(event)",
            "    return {200: 204}.get(s := await act(event), s)",
        ),
        _mutant(
            "accepts-sample",
            "redirects",
            "    return await act(event)",
            "    return {200: 302}.get(s := await act(event), s)",
        ),
        _mutant(
            "accepts-sample",
            "answers 201 where it has done something",
            "        return 503\n    return 200\n",
            "        return 503\n    return 201\n",
        ),
        _mutant(
            "accepts-sample",
            "answers 404 for what needs no command",
            "    if command is None:\n        return 200\n",
            "    if command is None:\n        return 404\n",
        ),
        _mutant(
            "refuses-signature-missing", "redirects what it refuses", "return 401", "return 302"
        ),
        _mutant(
            "refuses-signature-missing", "fails at what it refuses", "return 401", "return 500"
        ),
        _mutant("", "refuses with 403", "return 401", "return 403", "Any 4xx is a refusal"),
        _mutant(
            "survives-json-cut",
            "fails at what it cannot parse",
            "return 400",
            "return 500",
            KEY_HOLDER,
        ),
    ),
    "deliveries that repeat": (
        _mutant("idempotent-when-redelivered", "remembers no event", SEEN, ""),
        _mutant(
            "idempotent-when-redelivered", "looks, and never notes", "    seen.add(event_id)\n", ""
        ),
        _mutant(
            "idempotent-when-redelivered",
            "remembers attempts",
            'event_id = text(data, "id")',
            'event_id = text(data, "id") + str(members(event, "meta").get("attempt"))',
        ),
        _mutant(
            "idempotent-when-replayed",
            "looks for repeats among later attempts alone",
            "    if event_id in seen:",
            '    if event_id in seen and members(event, "meta").get("attempt") != 1:',
        ),
        _mutant(
            "handles-event-after-refusal",
            "notes what it refuses as done",
            CALL_VERIFY,
            "        try:\n"
            "            verify(headers, body)\n"
            "        except Refused:\n"
            '            seen.add(text(members(parse("", body), "data"), "id"))\n'
            "            raise\n",
        ),
        _mutant(
            "handles-distinct-events",
            "takes the call for the event",
            'event_id = text(data, "id")',
            'event_id = text(members(data, "payload"), "call_control_id") or text(data, "id")',
        ),
        _mutant(
            "handles-distinct-events",
            "takes the session for the event",
            'event_id = text(data, "id")',
            'event_id = text(members(data, "payload"), "call_session_id") or text(data, "id")',
        ),
        _unjudged(
            "handles-distinct-events",
            "takes the call and the type for the event",
            'event_id = text(data, "id")',
            'event_id = text(data, "event_type") + (text(members(data, "payload"), '
            '"call_control_id") or text(data, "id"))',
            "An app may act on the first of several alike, such as the first key that is pressed in a "
            "call; that the second has no effect tells nothing",
        ),
        _mutant(
            "idempotent-when-concurrent",
            "looks, and notes a little later",
            "    seen.add(event_id)\n",
            "    await __import__('asyncio').sleep(0.02)\n    seen.add(event_id)\n",
        ),
        _mutant(
            "idempotent-when-concurrent",
            "notes when it is done",
            '    seen.add(event_id)\n    command = handle(members(data, "payload"))\n'
            "    if command is None:\n        return 200\n    path, parameters = command\n"
            "    try:\n        answer = await api.post(path, json=parameters)\n",
            '    command = handle(members(data, "payload"))\n'
            "    if command is None:\n        return 200\n    path, parameters = command\n"
            "    try:\n        answer = await api.post(path, json=parameters)\n"
            "        seen.add(event_id)\n",
        ),
        _mutant(
            "idempotent-when-redelivered",
            "refuses what it has seen",
            "    if event_id in seen:\n        return 200\n",
            "    if event_id in seen:\n        return 409\n",
        ),
        _mutant(
            "idempotent-when-redelivered",
            "fails at what it has seen",
            "    if event_id in seen:\n        return 200\n",
            "    assert event_id not in seen\n",
        ),
        _mutant(
            "idempotent-when-redelivered",
            "keeps what it has seen for one request",
            "    seen.add(event_id)\n",
            "    seen.clear()\n",
        ),
        _mutant(
            "handles-distinct-events",
            "drops events that come close together",
            "    if event_id in seen:\n        return 200\n",
            "    if event_id in seen:\n        return 200\n"
            '    call = text(members(data, "payload"), "call_control_id")\n'
            "    if call and call in seen:\n        return 200\n"
            "    seen.add(call)\n",
        ),
    ),
    "order, and calls at the same time": (
        _mutant(
            "accepts-any-order",
            "fails at what comes after the hangup",
            HANDLE,
            '    call = text(members(data, "payload"), "call_session_id")\n'
            '    assert not call or f"over {call}" not in seen\n'
            "    if handle is hung_up:\n"
            '        seen.add(f"over {call}")\n' + HANDLE,
        ),
        _mutant(
            "accepts-any-order",
            "refuses what comes after the hangup",
            HANDLE,
            '    call = text(members(data, "payload"), "call_session_id")\n'
            '    if call and f"over {call}" in seen:\n'
            "        return 409\n"
            "    if handle is hung_up:\n"
            '        seen.add(f"over {call}")\n' + HANDLE,
        ),
        _mutant(
            "accepts-sample",
            "knows calls by their beginning",
            HANDLE,
            '    call = text(members(data, "payload"), "call_session_id")\n'
            "    if handle is initiated:\n"
            '        seen.add(f"begun {call}")\n'
            '    assert not call or f"begun {call}" in seen\n' + HANDLE,
        ),
        _mutant(
            "keeps-calls-apart",
            "keeps the current call in a global",
            '    call_control_id = text(call, "call_control_id")\n',
            "    global current\n"
            '    if name == "answer" or "current" not in globals():\n'
            '        current = text(call, "call_control_id")\n'
            "    call_control_id = current\n",
        ),
        _mutant(
            "keeps-calls-apart",
            "commands the call that came last",
            '    call_control_id = text(call, "call_control_id")\n',
            "    global last, current\n"
            '    last = globals().get("current", text(call, "call_control_id"))\n'
            '    current = text(call, "call_control_id")\n'
            '    call_control_id = last if name != "answer" else current\n',
        ),
        _mutant(
            "keeps-calls-apart",
            "keeps what it is about to do in a global",
            f"        answer = {POST}\n",
            "        global current\n"
            "        current = path\n"
            "        await __import__('asyncio').sleep(0.01)\n"
            f"        answer = {POST.replace('path', 'current')}\n",
        ),
        _mutant(
            "no-reply-loop",
            "takes the report on its own message for a message",
            '    "message.received": received,\n',
            '    "message.received": received,\n    "message.sent": received,\n',
        ),
    ),
    "the API fails": (
        _mutant(
            "handles-retry-after-failure",
            "forgets to forget what it could not do",
            "        seen.discard(event_id)\n",
            "",
        ),
        _mutant(
            "survives-api-errors",
            "lets errors through",
            "except httpx.HTTPError",
            "except httpx.InvalidURL",
        ),
        _mutant(
            "survives-api-errors",
            "lets errors of one of its commands through",
            "    except httpx.HTTPError as error:\n",
            '    except httpx.HTTPError as error:\n        if path.endswith("record_start"):\n'
            "            raise\n",
        ),
        _mutant(
            "survives-api-errors",
            "lets it through that there was no answer",
            "except httpx.HTTPError",
            "except httpx.HTTPStatusError",
        ),
        _mutant(
            "survives-api-errors",
            "fails where the API does",
            "        return 503\n",
            "        return 500\n",
        ),
        _mutant(
            "survives-api-errors",
            "fails where the API refuses",
            "            return 200  # another",
            "            raise  # another",
        ),
        _mutant(
            "",
            "asks for another attempt that cannot help",
            "            return 200  # another",
            "            return 503  # another",
            "It is as Telnyx's attempts, which are few, and leads to no second effect",
        ),
        _unjudged(
            "handles-retry-after-failure",
            "does not look at what the API answers",
            "        answer.raise_for_status()\n",
            "",
            "It answers 200 and drops the command that failed; from outside, that is no other than a "
            "queue of its own that tries again later",
        ),
    ),
    "slow work": (
        _slow(
            "answers-in-time",
            "works before it answers",
            "    return await act(event)",
            "    await __import__('asyncio').sleep(0.4)\n    return await act(event)",
        ),
        _slow(
            "answers-first-in-time",
            "connects in the first request",
            "    return await act(event)",
            "    if 'connected' not in globals():\n"
            "        globals()['connected'] = time.sleep(0.8)\n"
            "    return await act(event)",
        ),
        _slow(
            "answers-bursts-in-time",
            "blocks its event loop",
            "    return await act(event)",
            "    time.sleep(0.05)\n    return await act(event)",
        ),
        _slow(
            "answers-bursts-in-time",
            "holds one lock while it works",
            "    return await act(event)",
            "    import asyncio\n"
            "    async with globals().setdefault('lock', asyncio.Lock()):\n"
            "        await asyncio.sleep(0.05)\n"
            "        return await act(event)",
        ),
        _slow(
            "answers-in-time",
            "is slow where a call has ended",
            "    began, ended = ",
            "    time.sleep(0.4)\n    began, ended = ",
        ),
    ),
}
"""Every mutant, by the kind of change."""

MUTANTS: Mapping[str, Mutant] = {
    mutant.name: mutant for group in GROUPS.values() for mutant in group
}
